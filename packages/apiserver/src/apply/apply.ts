import type { JsonObject } from '@oasgen/json'
import type { Updated } from '../api/update.js'
import type { WriteContext } from '../api/write.js'
import { unsupportedMediaType } from '../failure.js'
import type { Tried } from '../request.js'

export function applyConfiguration(_context: WriteContext, _configuration: JsonObject, _duplicates: readonly string[]): Tried<Updated> {
  return unsupportedMediaType([])
}
