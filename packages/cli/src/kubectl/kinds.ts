import { nearest } from '@oasgen/diagnostics'
import { textOf, isObject, type JsonObject } from '@oasgen/json'
import type { DiscoveredType, Kube } from '@oasgen/kube'
import { CommandError, EXIT } from '../io.js'

/** The kinds that words such as `books`, `book`, `Book`, `books.bookshop.example` or a category mean. */
export async function findTypes(kube: Kube, words: string): Promise<readonly DiscoveredType[]> {
  const types = await servedTypes(kube)
  return words.split(',').flatMap((word) => {
    const found = matching(types, word)
    if (found.length > 0) return found
    const close = nearest(word, types.flatMap((type) => [type.plural, type.singular, ...type.shortNames]))
    throw new CommandError(`the server has no kind "${word}"`, close === undefined ? {} : { help: `did you mean ${close}?` })
  })
}

/** The kind of an object of a manifest. */
export async function typeOfObject(kube: Kube, object: JsonObject): Promise<DiscoveredType | undefined> {
  const [group, version] = splitApiVersion(textOf(object.apiVersion))
  const types = await servedTypes(kube)
  return types.find((type) => type.group === group && type.version === version && type.kind === object.kind)
}

export function splitApiVersion(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

async function servedTypes(kube: Kube): Promise<readonly DiscoveredType[]> {
  const discovery = await kube.discover()
  if (!discovery.ok) throw new CommandError(discovery.error.finding.message, { code: EXIT.unavailable })
  return discovery.value.types
}

function matching(types: readonly DiscoveredType[], word: string): readonly DiscoveredType[] {
  const [name = '', ...group] = word.toLowerCase().split('.')
  const wanted = group.join('.')
  const named = types.filter((type) => [type.plural, type.singular, type.kind.toLowerCase(), ...type.shortNames].includes(name))
  const inGroup = named.filter((type) => wanted === '' || type.group === wanted || `${type.version}.${type.group}` === wanted)
  if (inGroup.length > 0) return inGroup.slice(0, 1)
  return wanted === '' ? uniqueKinds(types.filter((type) => type.categories.includes(name) && type.verbs.includes('list'))) : []
}

// A category lists each kind once, in the version that the server prefers.
function uniqueKinds(types: readonly DiscoveredType[]): readonly DiscoveredType[] {
  const seen = new Set<string>()
  return types.filter((type) => !seen.has(`${type.plural}.${type.group}`) && seen.add(`${type.plural}.${type.group}`))
}

export function lowerName(type: DiscoveredType, name: string): string {
  return `${type.singular || type.kind.toLowerCase()}${type.group === '' ? '' : `.${type.group}`}/${name}`
}

export function metadataText(object: JsonObject, member: 'name' | 'namespace'): string {
  const value = isObject(object.metadata) ? object.metadata[member] : undefined
  return typeof value === 'string' ? value : ''
}
