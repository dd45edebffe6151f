import { gzipSync } from 'node:zlib'
import type { JsonObject } from '@oasgen/json'
import { CommandError, EXIT } from '../io.js'

/** A document of this machine as a ConfigMap, since a cluster cannot read our files. */
export interface CarriedDocument {
  readonly oasPath: string
  readonly name: string
  readonly configMap: JsonObject
}

/** What kubectl apply leaves room for: it keeps a copy of the object in an annotation of at most 256 KiB. */
const MOST_PLAIN_BYTES = 200 * 1024
/** A ConfigMap ends at 1 MiB, base64 included. */
const MOST_PACKED_BYTES = 740 * 1024

export function carryDocument(file: string, bytes: Uint8Array): CarriedDocument {
  const key = file === '-' ? 'openapi.yaml' : (file.split(/[\\/]/).at(-1) ?? '').replace(/[^\w.-]/g, '-')
  const word = key.replace(/\.(ya?ml|json)$/i, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 50)
  const name = word === '' || word === 'openapi' ? 'openapi' : `${word}-openapi`
  const text = new TextDecoder().decode(bytes)
  const plain = bytes.length <= MOST_PLAIN_BYTES && Buffer.from(text).equals(bytes)
  const packed = plain ? undefined : gzipSync(bytes, { level: 9 })
  if (packed !== undefined && packed.length > MOST_PACKED_BYTES) {
    throw new CommandError(`${file} is too large for a ConfigMap, even packed (${packed.length} bytes)`, { code: EXIT.found, help: 'put the document where the cluster can read it, and say where: --oas-path https://… (or oci://, github://)' })
  }
  const content: JsonObject = packed === undefined ? { data: { [key]: text } } : { binaryData: { [key]: packed.toString('base64') } }
  return { oasPath: `configmap://default/${name}/${key}`, name, configMap: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, ...content } }
}
