import { isObject, readJson, writeJson, type JsonObject } from '@oasgen/json'
import { badRequest, expired, Failure, methodNotSupported, notFound, revisionTooLarge } from '../failure.js'
import { apiVersionOf } from '../object.js'
import type { Answer, ApiRequest, Reply, ResourceTarget, Tried } from '../request.js'
import type { ResourceType } from '../registry/types.js'
import type { Stored } from '../store/types.js'
import { negotiate, type Form } from './negotiate.js'
import { readListOptions, type ListOptions } from './options.js'
import type { Plane } from './plane.js'
import { objectReply, partial, present, presentStored, table } from './present.js'
import { readRevision } from './revision.js'
import { readSelection, type Selection } from './selectors.js'
import { watch } from './watch.js'
import { storedKey } from './write.js'

interface ReadContext {
  readonly request: ApiRequest
  readonly target: ResourceTarget
  readonly plane: Plane
}

const reply = (value: Tried<Reply>): Tried<Answer> => (value instanceof Failure ? value : { reply: value, writes: [] })

export function get({ request, target, plane }: ReadContext): Tried<Answer> {
  const form = negotiate(request, 'object')
  if (form instanceof Failure) return form
  const asked = readRevision(request.query.get('resourceVersion')?.[0] ?? '')
  // The API server's own handler forgets to say what kind of fault this is.
  if (asked instanceof Failure) return new Failure(500, '', asked.message.replace('invalid resource version: ', ''))
  if (asked !== undefined && asked > plane.view.revision) return revisionTooLarge(asked, plane.view.revision)
  const stored = plane.view.get(target.type.store, storedKey(target))
  if (!stored) return notFound(target.type, target.name)
  const includeObject = request.query.get('includeObject')?.[0] ?? 'Metadata'
  return reply(objectReply(target, presentStored(target, stored), form, { now: request.at, includeObject }))
}

export function listOrWatch(context: ReadContext): Tried<Answer> {
  const options = readListOptions(context.request)
  if (options instanceof Failure) return options
  const selection = readSelection(context.target, options.labelSelector, options.fieldSelector)
  if (selection instanceof Failure) return selection
  if (options.watch) {
    if (!context.target.type.verbs.includes('watch')) return methodNotSupported(context.target.type, 'watch')
    return reply(watch(context, options, selection))
  }
  return list(context, options, selection)
}

/** Where a page starts: the revision of the whole list, and the key after which to go on. */
interface Continuation {
  readonly revision: number
  readonly after: string
}

interface Page {
  readonly revision: number
  readonly rows: readonly Stored[]
  readonly next: Continuation | undefined
  readonly remaining: number | undefined
}

function list(context: ReadContext, options: ListOptions, selection: Selection): Tried<Answer> {
  const form = negotiate(context.request, 'list')
  if (form instanceof Failure) return form
  const page = readPage(context, options, selection)
  if (page instanceof Failure) return page
  return reply(listReply(context, page, form))
}

function readPage({ plane, target }: ReadContext, options: ListOptions, selection: Selection): Tried<Page> {
  const start = readStart(plane, options)
  if (start instanceof Failure) return start
  const prefix = target.namespace === '' ? '' : `${target.namespace}/`
  const exact = start.after !== '' || options.match === 'Exact' || options.limit > 0 && start.revision !== 0
  const revision = exact && start.revision > 0 ? start.revision : plane.view.revision
  const all = revision === plane.view.revision
    ? plane.view.list(target.type.store, prefix) : plane.view.listAt(target.type.store, prefix, revision)
  if (all === undefined) return start.after === '' ? expired('The resourceVersion for the provided list is too old.') : expiredPage(plane, start)
  const rest = start.after === '' ? all : all.filter((stored) => stored.key > start.after)
  const rows = rest.filter((stored) => selection.matches(stored.object))
  const shown = options.limit > 0 ? rows.slice(0, options.limit) : rows
  // A full page may have a successor whenever there are more keys: whether they match is not looked at.
  const more = options.limit > 0 && shown.length === options.limit && (rest.at(-1)?.key ?? '') > (shown.at(-1)?.key ?? '')
  if (!more) return { revision, rows: shown, next: undefined, remaining: undefined }
  const selects = selection.labels.length > 0 || selection.fields.length > 0
  return { revision, rows: shown, next: { revision, after: shown.at(-1)?.key ?? '' }, remaining: selects ? undefined : rows.length - shown.length }
}

function readStart(plane: Plane, options: ListOptions): Tried<Continuation> {
  if (options.continue !== '') {
    if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
      return badRequest('specifying resource version is not allowed when using continue')
    }
    return readContinuation(plane, options.continue)
  }
  const revision = readRevision(options.resourceVersion)
  if (revision instanceof Failure) return revision
  if (revision !== undefined && revision > plane.view.revision) return revisionTooLarge(revision, plane.view.revision)
  return { revision: options.match === 'Exact' ? revision ?? 0 : 0, after: '' }
}

function readContinuation(plane: Plane, token: string): Tried<Continuation> {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  const read = readJson(text)
  const value = read.ok && isObject(read.value) ? read.value : undefined
  if (value?.v !== 'meta.k8s.io/v1' || typeof value.rv !== 'number' || typeof value.start !== 'string' || value.start === '') {
    return badRequest('invalid continue token: continue key is not valid: encoded start key or resource version is missing or of another format')
  }
  // -1 asks for the rest as it is now: what a client does with the token of a 410.
  return { revision: value.rv === -1 ? plane.view.revision : value.rv, after: value.start.replace(/\0$/, '') }
}

export function writeContinuation({ revision, after }: Continuation): string {
  return Buffer.from(writeJson({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\0` })).toString('base64url')
}

function expiredPage(_plane: Plane, start: Continuation): Failure {
  const token = writeContinuation({ revision: -1, after: start.after })
  return new Failure(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.', undefined, { continue: token })
}

function listMetadata(page: Page, emptyContinue: boolean): JsonObject {
  return {
    resourceVersion: String(page.revision),
    ...(page.next ? { continue: writeContinuation(page.next) } : emptyContinue && { continue: '' }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  }
}

function listReply({ request, target }: ReadContext, page: Page, form: Form): Reply {
  const metadata = listMetadata(page, target.type.origin === 'custom' && form.as === 'object')
  const includeObject = request.query.get('includeObject')?.[0] ?? 'Metadata'
  if (form.as === 'Table') {
    const objects = page.rows.map((stored) => presentStored(target, stored))
    const body = table(target, objects, { form, now: request.at, includeObject, header: true, metadata })
    return { type: 'object', status: 200, body, contentType: form.contentType }
  }
  if (form.as === 'PartialObjectMetadataList') {
    const items = page.rows.length === 0 ? null : page.rows.map((stored) => partial(stored.object, form.metaVersion))
    const body = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata, items }
    return { type: 'object', status: 200, body, contentType: form.contentType }
  }
  return wholeList(target, page, form, metadata)
}

/** Items keep their text from list to list, so that a large list costs a join and no serialisation. */
function wholeList(target: ResourceTarget, page: Page, form: Form, metadata: JsonObject): Reply {
  const { type, version } = target
  const apiVersion = apiVersionOf(type.group, version.name)
  if (form.format === 'yaml' || form.pretty) {
    const items = page.rows.map((stored) => listItem(type, present(type, version, stored.object)))
    return { type: 'object', status: 200, body: { kind: type.listKind, apiVersion, metadata, items }, contentType: form.contentType }
  }
  const head = `{"kind":${JSON.stringify(type.listKind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${writeJson(metadata)},"items":[`
  const items = page.rows.map((stored) => itemText(target, stored))
  return { type: 'text', status: 200, contentType: 'application/json', text: `${head}${items.join(',')}]}\n` }
}

/** Typed lists do not repeat the kind in every item; those of CRDs do. */
export function listItem(type: ResourceType, object: JsonObject): JsonObject {
  if (type.origin === 'custom') return object
  const { kind: _, apiVersion: __, ...rest } = object
  return rest
}

function itemText(target: ResourceTarget, stored: Stored): string {
  const object = presentStored(target, stored)
  const cacheable = object === stored.object && target.type.versions.length === 1
  return cacheable ? textOf(stored, target.type) : writeJson(listItem(target.type, object))
}

/** The JSON text of a stored object, made once: it goes with the object. */
function textOf(stored: { readonly object: JsonObject }, type: ResourceType): string {
  const known = TEXTS.get(stored.object)
  if (known !== undefined) return known
  const text = writeJson(listItem(type, stored.object))
  TEXTS.set(stored.object, text)
  return text
}
const TEXTS = new WeakMap<JsonObject, string>()
