import { kindName, singular } from './words.js'

/** An operation as the document lists it, unresolved. */
export interface ListedOperation {
  readonly path: string
  /** Lower case. */
  readonly method: string
  readonly deprecated?: boolean
}

export interface VerbPlace {
  readonly method: string
  readonly path: string
}

export type ProposedVerb = 'findby' | 'get' | 'create' | 'update' | 'delete'

/** One resource that the shape of the paths suggests. */
export interface ResourceShapeProposal {
  readonly kind: string
  /** As the document writes it; a singleton's own path. */
  readonly collection: string
  readonly item?: string
  readonly verbs: Readonly<Partial<Record<ProposedVerb, VerbPlace>>>
  /** PUT where update is PATCH: which of the two changes more is for their bodies to say. */
  readonly replace?: VerbPlace
  /** The path parameter that names the object; absent on singletons. */
  readonly idParameter?: string
  /** Parameters before it: the objects above. */
  readonly parents: readonly string[]
  readonly shape: 'collection' | 'nameKeyed' | 'postToItem' | 'singleton'
}

/** Resources by the shapes of paths: a collection and an item below it, or an item that is made by PUT. Parameter names do not count. */
export function detectResources(operations: Iterable<ListedOperation>): readonly ResourceShapeProposal[] {
  const places = indexPlaces(operations)
  const plurals = indexPlurals(places)
  const found = [...places.values()].flatMap((place) => (place.key.endsWith('/{}') ? itemResource(place, collectionOf(place, { places, plurals })) : []))
  const taken = new Set(found.map(({ collection }) => keyOf(collection)))
  const singletons = [...places.values()].flatMap((place) => (taken.has(place.key) ? [] : singletonResource(places, place)))
  return namedApart([...found, ...singletons])
}

/** Everything under one path, however its parameters are called. */
interface Place {
  readonly key: string
  readonly methods: Map<string, string>
}

function indexPlaces(operations: Iterable<ListedOperation>): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const { path, method } of operations) {
    const key = keyOf(path)
    const place = places.get(key) ?? { key, methods: new Map<string, string>() }
    places.set(key, place)
    // The first spelling wins: twins with other parameter names are the same thing written twice.
    if (!place.methods.has(method)) place.methods.set(method, path)
  }
  return places
}

/** Parameter names, a trailing slash and `.json` do not tell paths apart. */
export function keyOf(path: string): string {
  return path.replace(/#.*$/, '').replace(/\{[^}]*\}/g, '{}').replace(/\.json$/, '').replace(/\/+$/, '') || '/'
}

interface Places {
  readonly places: ReadonlyMap<string, Place>
  /** Collections that can be added to, by the word for one of them: `/silence` for `/silences`. */
  readonly plurals: ReadonlyMap<string, Place>
}

function indexPlurals(places: ReadonlyMap<string, Place>): Places['plurals'] {
  return new Map([...places.values()].flatMap((place) => {
    const [, above = '', last = ''] = /^(.*\/)([^/{]+)$/.exec(place.key) ?? []
    return place.methods.has('post') && singular(last) !== last ? [[above + singular(last), place] as const] : []
  }))
}

/** What stands before the parameter; where that is one word for one thing, the many may stand beside it. */
function collectionOf({ key }: Place, { places, plurals }: Places): Place | undefined {
  const before = key.slice(0, -'/{}'.length) || '/'
  const own = places.get(before)
  return own === undefined || !own.methods.has('post') ? plurals.get(before) ?? own : own
}

function itemResource(item: Place, collection: Place | undefined): readonly ResourceShapeProposal[] {
  const post = verbAt(collection, 'post')
  const put = verbAt(item, 'put')
  const create = post ?? put ?? verbAt(item, 'post')
  const isObject = create !== undefined && (verbAt(item, 'get') !== undefined || verbAt(item, 'delete') !== undefined)
  const anyPath = [...item.methods.values()][0]
  if (!isObject || anyPath === undefined) return []
  const parameters = parametersOf(anyPath)
  const verbs = {
    findby: verbAt(collection, 'get'), get: verbAt(item, 'get'), create,
    update: verbAt(item, 'patch') ?? put ?? (post === undefined ? undefined : verbAt(item, 'post')),
    delete: verbAt(item, 'delete'),
  }
  return [{
    kind: kindName(anyPath), collection: collection === undefined ? parentPath(anyPath) : ([...collection.methods.values()][0] ?? parentPath(anyPath)), item: anyPath,
    verbs: defined(verbs), parents: parameters.slice(0, -1), shape: post !== undefined ? 'collection' : put !== undefined ? 'nameKeyed' : 'postToItem',
    ...(parameters.at(-1) !== undefined && { idParameter: parameters.at(-1) ?? '' }),
    ...(verbs.update?.method === 'PATCH' && put !== undefined && { replace: put }),
  }]
}

// Settings of something: read by GET, written by PUT or PATCH, and no list of them.
function singletonResource(places: ReadonlyMap<string, Place>, place: Place): readonly ResourceShapeProposal[] {
  const isItem = place.key.endsWith('/{}')
  const write = verbAt(place, 'put') ?? verbAt(place, 'patch')
  const read = verbAt(place, 'get')
  if (isItem || write === undefined || read === undefined || verbAt(place, 'post') !== undefined || places.has(`${place.key}/{}`)) return []
  const verbs = { get: read, create: write, update: verbAt(place, 'patch') ?? write, delete: verbAt(place, 'delete') }
  return [{ kind: kindName(read.path), collection: read.path, verbs: defined(verbs), parents: parametersOf(read.path), shape: 'singleton' }]
}

function verbAt(place: Place | undefined, method: string): VerbPlace | undefined {
  const path = place?.methods.get(method)
  return path === undefined ? undefined : { method: method.toUpperCase(), path }
}

function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '')
}

function parentPath(path: string): string {
  return path.replace(/\/[^/]*$/, '') || '/'
}

function defined(verbs: Readonly<Record<ProposedVerb, VerbPlace | undefined>> | Readonly<Record<Exclude<ProposedVerb, 'findby'>, VerbPlace | undefined>>): ResourceShapeProposal['verbs'] {
  return Object.fromEntries(Object.entries(verbs).filter(([, verb]) => verb !== undefined))
}

/** Two `members` under different parents become TeamMember and ClubMember. */
function namedApart(resources: readonly ResourceShapeProposal[]): readonly ResourceShapeProposal[] {
  const counts = new Map<string, number>()
  for (const { kind } of resources) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const used = new Set<string>()
  return resources.map((resource) => {
    const kind = counts.get(resource.kind) === 1 ? resource.kind : withParent(resource)
    const unique = uniqueName(kind, used)
    used.add(unique)
    return { ...resource, kind: unique }
  })
}

function withParent({ kind, collection }: ResourceShapeProposal): string {
  const literal = collection.split('/').filter((segment) => segment !== '' && !segment.includes('{'))
  const parent = literal.at(-2)
  return parent === undefined || /^v\d/.test(parent) ? kind : `${kindName(`/${singular(parent)}`)}${kind}`
}

function uniqueName(kind: string, used: ReadonlySet<string>): string {
  if (!used.has(kind)) return kind
  for (let number = 2; ; number++) if (!used.has(`${kind}${number}`)) return `${kind}${number}`
}
