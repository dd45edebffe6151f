import { badRequest } from '../failure.js'
import type { Tried } from '../request.js'

/** A revision as clients send it: nothing, 0, or a number. */
export function readRevision(text: string): Tried<number | undefined> {
  if (text === '') return undefined
  if (/^\d{1,20}$/.test(text)) return Number(text)
  return badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
}
