import type { JsonObject } from '@oasgen/json'

/** `k8s\0`: what every protobuf body of Kubernetes starts with. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00]

/** The object inside; undefined when its kind has no table here; a sentence when the bytes are malformed. */
export function decodeEnvelope(body: Uint8Array): JsonObject | string | undefined {
  if (!MAGIC.every((byte, index) => body[index] === byte)) return 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'
  return undefined
}
