import { finding, hasErrors, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { isObject, sha256, type JsonObject } from '@oasgen/json'
import { decodeText } from './decode.js'
import { resolveLimits, type Limits } from './limits.js'
import { nameValue } from './name-value.js'
import { duplicateFindings, parseText, type ParsedText } from './parse-text.js'
import { placesOf, positionIn } from './places.js'
import { recognizeText } from './recognize.js'
import type { SourceDocument } from './source-document.js'
import { readVersion, type FoundVersion } from './version.js'

export interface ReadDocumentOptions {
  /** The address of the document: findings name it, and relative references and servers are resolved against it. */
  readonly uri: string
  readonly limits?: Partial<Limits>
  /** `fragment`: a file that another document refers into; it needs no version and no paths. Default `document`. */
  readonly role?: 'document' | 'fragment'
  /** `sha256:…` of the bytes, when the caller has it already. */
  readonly digest?: string
}

/** Bytes to a document with positions. Nothing is resolved or checked beyond what makes it an OpenAPI document at all. */
export function readDocument(bytes: Uint8Array | string, options: ReadDocumentOptions): Checked<SourceDocument> {
  const limits = resolveLimits(options.limits)
  const decoded = decodeText(bytes, options.uri, limits)
  if (decoded.value === undefined) return { value: undefined, findings: decoded.findings }
  const stranger = recognizeText(decoded.value, options.uri)
  if (stranger !== undefined) return { value: undefined, findings: [stranger] }
  const parsed = parseText(decoded.value, options.uri, limits)
  const findings = [...decoded.findings, ...parsed.findings]
  if (parsed.value === undefined) return { value: undefined, findings }
  const made = makeSource(parsed.value, bytes, options)
  return { value: made.value, findings: [...findings, ...made.findings] }
}

type PlaceOf = (pointer: string) => DocumentPlace

function makeSource(parsed: ParsedText, bytes: Uint8Array | string, options: ReadDocumentOptions): Checked<SourceDocument> {
  const root = parsed.value
  const place = placesOf(parsed, options.uri)
  if (!isObject(root)) return { value: undefined, findings: [finding('OAS0020', { found: nameValue(root) }, { where: place('') })] }
  const version = versionFor(parsed, root, place, options)
  const findings = [...version.findings, ...(options.role === 'fragment' ? [] : checkPaths(root, version.value, place))]
  if (version.value === undefined || hasErrors(findings)) return { value: undefined, findings }
  return { value: sourceDocument({ parsed, root, place, version: version.value, bytes, options }), findings }
}

function versionFor(parsed: ParsedText, root: JsonObject, place: PlaceOf, options: ReadDocumentOptions): Checked<FoundVersion> {
  const written = (pointer: string): string | undefined => {
    const span = parsed.spans.spanOf(pointer)
    return span === undefined ? undefined : parsed.text.slice(span.start, span.end)
  }
  const declared = Object.hasOwn(root, 'openapi') || Object.hasOwn(root, 'swagger')
  if (options.role === 'fragment' && !declared) return { value: { version: '3.1', text: '' }, findings: [] }
  return readVersion(root, place, written)
}

function checkPaths(root: JsonObject, version: FoundVersion | undefined, place: PlaceOf): readonly Finding[] {
  const { paths } = root
  if (version === undefined || isObject(paths)) return []
  if (paths === undefined || paths === null) return [finding('OAS0027', {}, { where: place(paths === null ? '/paths' : '') })]
  return [finding('OAS0026', { found: nameValue(paths) }, { where: place('/paths') })]
}

interface SourceParts {
  readonly parsed: ParsedText
  readonly root: JsonObject
  readonly place: PlaceOf
  readonly version: FoundVersion
  readonly bytes: Uint8Array | string
  readonly options: ReadDocumentOptions
}

function sourceDocument({ parsed, root, place, version, bytes, options }: SourceParts): SourceDocument {
  let digest = options.digest
  return {
    uri: options.uri,
    role: options.role ?? 'document',
    version: version.version,
    versionText: version.text,
    format: parsed.format,
    root,
    get digest() {
      return (digest ??= `sha256:${sha256(bytes)}`)
    },
    positionOf: (pointer) => positionIn(parsed, pointer),
    place,
    duplicateKeys: () => duplicateFindings(parsed, options.uri),
  }
}
