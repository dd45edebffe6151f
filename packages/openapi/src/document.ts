import { finding, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { isObject, type JsonObject } from '@oasgen/json'
import { lazily } from './lazy.js'
import { resolveLimits, type Limits } from './limits.js'
import { memberOf, placeOf, type DocumentSettings, type LinkContext, type Located, type ReadScheme } from './link-context.js'
import { missingMethod, missingPath } from './missing-operation.js'
import { nameValue } from './name-value.js'
import type { Operation, Schema, SecurityRequirements, SecurityScheme, Server } from './normal-form.js'
import { readOperation, type LocatedOperation } from './operation.js'
import { below, valueAt } from './pointer.js'
import { follow } from './reference.js'
import { schemaAt } from './schema.js'
import { readSchemes, readSecurity } from './security.js'
import { readServers } from './server.js'
import type { SourceDocument } from './source-document.js'

/** A document whose operations and schemas can be asked for. What nobody asks for is never looked at. */
export interface Document {
  readonly source: SourceDocument
  /** All operations, in the document's order, without reading them. */
  operations(): Iterable<OperationEntry>
  /** The same object each time. Exact path, method in any case. */
  operation(path: string, method: string): Checked<Operation>
  readonly paths: readonly string[]
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>
  /** Those of the document itself; operations know their own. */
  readonly servers: readonly Server[]
  readonly security: SecurityRequirements
  /** The schema at a pointer of the document. */
  schema(pointer: string): Schema | undefined
  /** A schema that a definition adds; `#/…` in it refers into the document. */
  schemaFrom(value: JsonObject, place: DocumentPlace): Schema
  /** Addresses of documents that references named so far and that were not there. */
  readonly missing: readonly string[]
}

export interface OperationEntry {
  readonly path: string
  /** Lower case. */
  readonly method: string
  readonly operationId?: string
  readonly summary?: string
  readonly deprecated: boolean
  readonly tags: readonly string[]
  readonly pointer: string
}

export interface LinkOptions extends DocumentSettings {
  readonly limits?: Partial<Limits>
}

/** Makes a Document of its source and of the other documents that it refers to, by address. */
export function linkDocument(
  source: SourceDocument,
  others: ReadonlyMap<string, SourceDocument> = new Map(),
  options: LinkOptions = {},
): Document {
  const context = makeContext(source, others, options)
  const read = new Map<string, Checked<Operation>>()
  return {
    source,
    operations: () => entriesOf(context),
    operation(path, method) {
      const key = `${method.toLowerCase()} ${path}`
      const known = read.get(key)
      if (known !== undefined) return known
      const made = operationAt(context, path, method.toLowerCase())
      read.set(key, made)
      return made
    },
    get paths() {
      return Object.keys(pathsOf(context).value).filter((path) => path.startsWith('/'))
    },
    get securitySchemes() {
      return new Map([...context.schemes()].map(([name, { scheme }]) => [name, scheme]))
    },
    get servers() {
      return serversOf(context)
    },
    get security() {
      return readSecurity(context, undefined, () => undefined)
    },
    schema(pointer) {
      const value = valueAt(source.root, pointer)
      return value === undefined ? undefined : schemaAt(context, { source, pointer, value })
    },
    schemaFrom(value, place) {
      // The number keeps two schemas of one place apart.
      const definition = standIn(source, `${place.uri}?${context.definitions.size}`, () => place)
      context.definitions.add(definition)
      return schemaAt(context, { source: definition, pointer: place.pointer, value })
    },
    get missing() {
      return [...context.wanted].sort()
    },
  }
}

function makeContext(source: SourceDocument, others: ReadonlyMap<string, SourceDocument>, options: LinkOptions): LinkContext {
  const schemes: () => ReadonlyMap<string, ReadScheme> = lazily(() => readSchemes(context))
  const place = options.place ?? ((pointer: string): DocumentPlace => ({ kind: 'document', uri: 'spec.document', pointer }))
  const settingsSource = standIn(source, 'spec.document', place)
  const context: LinkContext = {
    root: source,
    version: source.version,
    others,
    settings: options,
    settingsSource,
    limits: resolveLimits(options.limits),
    schemas: new Map(),
    definitions: new Set([settingsSource]),
    wanted: new Set(),
    anchors: new Map(),
    schemes,
  }
  return context
}

/** Stands for a part of a definition: what is in it shows its place there, and refers into the document. */
function standIn(source: SourceDocument, uri: string, place: (pointer: string) => DocumentPlace): SourceDocument {
  const { version, versionText, format, root } = source
  const own = { place, positionOf: (pointer: string) => place(pointer).position, duplicateKeys: () => [] }
  return { uri, role: 'fragment', version, versionText, format, root, digest: '', ...own }
}

/** Documents of several files sometimes keep all paths in one of them. */
function pathsOf(context: LinkContext): Located<JsonObject> {
  const none: Located<JsonObject> = { source: context.root, pointer: '/paths', value: {} }
  const { paths } = context.root.root
  const followed = isObject(paths) ? follow(context, { ...none, value: paths }) : undefined
  return followed?.ok === true && isObject(followed.target.value) ? (followed.target as Located<JsonObject>) : none
}

const METHODS: readonly string[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

function* entriesOf(context: LinkContext): Generator<OperationEntry> {
  const { source, pointer, value } = pathsOf(context)
  for (const [path, item] of Object.entries(value)) {
    if (!path.startsWith('/')) continue
    const followed = follow(context, { source, pointer: below(pointer, path), value: item })
    if (!followed.ok || !isObject(followed.target.value)) continue
    const pathItem = followed.target as Located<JsonObject>
    for (const { method, located } of methodsOf(pathItem)) yield entryOf(path, method, operationObject(context, located) ?? located)
  }
}

interface FoundMethod {
  readonly method: string
  readonly located: Located<JsonObject>
}

/** `additionalOperations` is of 3.2: methods that have no member of their own. */
function methodsOf(pathItem: Located<JsonObject>): readonly FoundMethod[] {
  const additional = memberOf(pathItem, 'additionalOperations')
  const further = isObject(additional?.value) ? objectsIn(additional as Located<JsonObject>, Object.keys(additional.value)) : []
  return [...objectsIn(pathItem, METHODS), ...further]
}

function objectsIn(holder: Located<JsonObject>, names: readonly string[]): readonly FoundMethod[] {
  return names.flatMap((name) => {
    const located = memberOf(holder, name)
    return isObject(located?.value) ? [{ method: name.toLowerCase(), located: located as Located<JsonObject> }] : []
  })
}

function entryOf(path: string, method: string, { pointer, value }: Located<JsonObject>): OperationEntry {
  const { operationId, summary, tags } = value
  return {
    path,
    method,
    ...(typeof operationId === 'string' && { operationId }),
    ...(typeof summary === 'string' && { summary }),
    deprecated: value['deprecated'] === true,
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
    pointer,
  }
}

function operationAt(context: LinkContext, path: string, method: string): Checked<Operation> {
  const found = locateOperation(context, path, method)
  return 'located' in found ? readOperation(context, found) : { value: undefined, findings: [found] }
}

function locateOperation(context: LinkContext, path: string, method: string): LocatedOperation | Finding {
  const paths = pathsOf(context)
  const written = memberOf(paths, path)
  if (written === undefined) return missingPath(context.root, { path, method, servers: () => serversOf(context) })
  const followed = follow(context, written)
  if (!followed.ok) return followed.problem
  const { target } = followed
  if (!isObject(target.value)) return malformed(`the path item \`${path}\``, target)
  const pathItem = target as Located<JsonObject>
  const methods = methodsOf(pathItem)
  const found = methods.find((candidate) => candidate.method === method)?.located
  const located = found === undefined ? undefined : operationObject(context, found)
  if (located !== undefined) return { path, method, pathItem, located }
  if (found !== undefined) return brokenOperation(context, `${method.toUpperCase()} ${path}`, found)
  const broken = memberOf(pathItem, method)
  if (broken !== undefined && METHODS.includes(method)) return malformed(`the operation \`${method.toUpperCase()} ${path}\``, broken)
  return missingMethod(pathItem.source.place(written.pointer), { path, method, methods: methods.map((candidate) => candidate.method) })
}

/** OpenAPI has no reference to a single operation, documents of several files have. */
function operationObject(context: LinkContext, located: Located<JsonObject>): Located<JsonObject> | undefined {
  const followed = follow(context, located)
  return followed.ok && isObject(followed.target.value) ? (followed.target as Located<JsonObject>) : undefined
}

function brokenOperation(context: LinkContext, name: string, located: Located<JsonObject>): Finding {
  const followed = follow(context, located)
  return followed.ok ? malformed(`the operation \`${name}\``, followed.target) : followed.problem
}

function serversOf(context: LinkContext): readonly Server[] {
  return readServers(context, [{ source: context.root, pointer: '', value: context.root.root }], () => undefined)
}

function malformed(what: string, located: Located): Finding {
  return finding('OAS0303', { what, found: nameValue(located.value), expected: 'an object' }, { where: placeOf(located) })
}
