import { type JsonObject, type JsonValue } from '@oasgen/json'
import { Failure } from '../failure.js'
import { apiVersionOf } from '../object.js'
import type { ApiRequest, ResourceTarget, Tried, WatchReply } from '../request.js'
import { negotiate, type Form } from './negotiate.js'
import type { ListOptions } from './options.js'
import type { Plane } from './plane.js'
import { partial, present, table } from './present.js'
import { readRevision } from './revision.js'
import type { Selection } from './selectors.js'

interface WatchContext {
  readonly request: ApiRequest
  readonly target: ResourceTarget
  readonly plane: Plane
}

/** Half an hour to an hour, as kube-apiserver closes watches; spread by the request's own instant. */
const LONGEST_MS = 1_800_000

export function watch(context: WatchContext, options: ListOptions, selection: Selection): Tried<WatchReply> {
  const form = negotiate(context.request, 'object')
  if (form instanceof Failure) return form
  const revision = readRevision(options.resourceVersion)
  if (revision instanceof Failure) return new Failure(500, '', revision.message.replace('invalid resource version: ', ''))
  const { view } = context.plane
  const fresh = revision === undefined || revision === 0 || options.sendInitialEvents === true
  const withState = options.sendInitialEvents ?? fresh
  const prefix = context.target.namespace === '' ? '' : `${context.target.namespace}/`
  const initial = withState ? view.list(context.target.type.store, prefix).filter((stored) => selection.matches(stored.object)) : []
  return {
    type: 'watch', resource: context.target.type.store, selection,
    after: fresh ? view.revision : revision, initial,
    initialEventsEnd: options.sendInitialEvents === true && options.bookmarks,
    bookmarks: options.bookmarks,
    timeoutMs: options.timeoutSeconds !== undefined && options.timeoutSeconds > 0 ? options.timeoutSeconds * 1000 : LONGEST_MS + (context.request.at % LONGEST_MS),
    contentType: 'application/json', ...renderers(context, form),
  }
}

function renderers({ request, target }: WatchContext, form: Form): Pick<WatchReply, 'render' | 'bookmark'> {
  const includeObject = request.query.get('includeObject')?.[0] ?? 'Metadata'
  let header = true
  const shape = (object: JsonObject, now: number): JsonValue => {
    if (form.as === 'PartialObjectMetadata') return partial(object, form.metaVersion)
    if (form.as !== 'Table') return object
    const { resourceVersion } = object.metadata as JsonObject
    const made = table(target, [object], { form, now, includeObject, header, metadata: { resourceVersion: resourceVersion ?? '' } })
    header = false
    return made
  }
  return {
    render: (object, now) => shape(present(target.type, target.version, object), now),
    bookmark: (revision, end) => bookmark(target, form, revision, end),
  }
}

function bookmark(target: ResourceTarget, form: Form, revision: number, end: boolean): JsonObject {
  const metadata = {
    resourceVersion: String(revision),
    ...(end && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  }
  const apiVersion = apiVersionOf(target.type.group, target.version.name)
  if (form.as === 'PartialObjectMetadata') return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata }
  if (form.as !== 'Table') return { kind: target.type.kind, apiVersion, metadata }
  return {
    kind: 'Table', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata: { resourceVersion: String(revision) },
    columnDefinitions: null, rows: [],
  }
}
