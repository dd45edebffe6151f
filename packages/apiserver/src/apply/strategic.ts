import { mergePatch, type JsonObject } from '@oasgen/json'
import type { MergeType } from './merge-type.js'

export function strategicMerge(_type: MergeType, object: JsonObject, patch: JsonObject): JsonObject {
  return mergePatch(object, patch) as JsonObject
}
