import type { JsonObject } from '@oasgen/json'
import { splitApiVersion } from '../object.js'
import { builtinTable, tableName, type TypeTable } from '../schema/type-table.js'
import { decodeMessage } from './decode.js'
import { Malformed, WireReader } from './wire.js'

/** `k8s\0`: what every protobuf body of Kubernetes starts with. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00]
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The object inside; undefined when its kind has no table here; a sentence when the bytes are malformed. */
export function decodeEnvelope(body: Uint8Array, table: TypeTable = builtinTable): JsonObject | string | undefined {
  if (!MAGIC.every((byte, index) => body[index] === byte)) return 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'
  try {
    const { apiVersion, kind, raw } = readUnknown(body.subarray(MAGIC.length))
    const { group, version } = splitApiVersion(apiVersion)
    // Options are known in every group.
    const type = table.find(kind === 'DeleteOptions' ? 'meta.v1.DeleteOptions' : tableName(group, version, kind))
    return type && { kind, apiVersion, ...decodeMessage(table, type, raw) }
  } catch (error) {
    if (error instanceof Malformed || error instanceof TypeError || error instanceof RangeError) return `proto: ${error.message}`
    throw error
  }
}

function readUnknown(bytes: Uint8Array): { readonly apiVersion: string; readonly kind: string; readonly raw: Uint8Array } {
  const reader = new WireReader(bytes)
  let [apiVersion, kind] = ['', '']
  let raw: Uint8Array = new Uint8Array()
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (number === 1 && wire === 2) [apiVersion, kind] = readTypeMeta(reader.bytes())
    else if (number === 2 && wire === 2) raw = reader.bytes()
    else reader.skip(wire)
  }
  return { apiVersion, kind, raw }
}

function readTypeMeta(bytes: Uint8Array): [string, string] {
  const reader = new WireReader(bytes)
  const found: [string, string] = ['', '']
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if ((number === 1 || number === 2) && wire === 2) found[number - 1] = utf8.decode(reader.bytes())
    else reader.skip(wire)
  }
  return found
}
