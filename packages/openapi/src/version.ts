import { finding, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { isNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { shorten, nameValue } from './name-value.js'
import { recognizeRoot } from './recognize.js'
import type { OpenApiVersion } from './source-document.js'

export interface FoundVersion {
  readonly version: OpenApiVersion
  readonly text: string
}

type PlaceOf = (pointer: string) => DocumentPlace

/** Which OpenAPI a document says it is. `writtenAt` gives the letters of a place, for numbers whose text counts. */
export function readVersion(root: JsonObject, place: PlaceOf, writtenAt: (pointer: string) => string | undefined): Checked<FoundVersion> {
  const member = ['openapi', 'swagger'].find((name) => Object.hasOwn(root, name))
  if (member === undefined) return { value: undefined, findings: [nameOther(root, place)] }
  const value = root[member]
  const text = isNumber(value) ? (writtenAt(`/${member}`) ?? String(value)) : value
  if (typeof text !== 'string') return { value: undefined, findings: [unsupported(member, value, place)] }
  const version = member === 'openapi' ? modern(text.trim()) : classic(text.trim())
  if (version === undefined) return { value: undefined, findings: [unsupported(member, text, place)] }
  return { value: { version, text: text.trim() }, findings: remarks({ member, value, text: text.trim(), version, place }) }
}

function modern(text: string): OpenApiVersion | undefined {
  if (/^3\.0(?:\.|$|-)/.test(text) || text === '3') return '3.0'
  return /^3\.[12](?:\.|$|-)/.test(text) ? '3.1' : undefined
}

function classic(text: string): OpenApiVersion | undefined {
  return /^2(?:\.0)*$/.test(text) ? '2.0' : undefined
}

interface Remarked {
  readonly member: string
  readonly value: JsonValue | undefined
  readonly text: string
  readonly version: OpenApiVersion
  readonly place: PlaceOf
}

function remarks({ member, value, text, version, place }: Remarked): readonly Finding[] {
  const where = place(`/${member}`)
  const meaning = member === 'openapi' && version !== '2.0' ? `${version}.0` : version
  const unquoted = isNumber(value) ? [finding('OAS0024', { member, version: text, meaning }, { where })] : []
  const newer = text.startsWith('3.2') ? [finding('OAS0025', { version: text }, { where })] : []
  return [...unquoted, ...newer]
}

function unsupported(member: string, value: JsonValue | undefined, place: PlaceOf): Finding {
  const version = typeof value === 'string' ? shorten(value, 40) : nameValue(value)
  return finding('OAS0023', { member, version, advice: adviseVersion(member, version) }, { where: place(`/${member}`) })
}

function adviseVersion(member: string, version: string): string {
  if (member === 'swagger' && version.startsWith('3')) return `from version 3 on the member is called \`openapi\`: \`openapi: ${version}\``
  if (member === 'openapi' && version.startsWith('2')) return 'version 2 is written `swagger: "2.0"`'
  if (version.startsWith('1')) return 'convert the document to a later version (`npx swagger-converter`)'
  return 'write the version that the document follows'
}

function nameOther(root: JsonObject, place: PlaceOf): Finding {
  const other = recognizeRoot(root)
  if (other !== undefined) return finding('OAS0021', { found: other.found, advice: other.advice }, { where: place('') })
  const names = Object.keys(root)
  const shown = names.slice(0, 6).map((name) => `\`${shorten(name, 30)}\``).join(', ')
  const members = names.length === 0 ? 'no members at all' : `the members ${shown}${names.length > 6 ? ', …' : ''}`
  return finding('OAS0022', { members }, { where: place('') })
}
