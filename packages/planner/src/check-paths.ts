import { finding, type Finding } from '@oasgen/diagnostics'
import { parsePath } from '@oasgen/fieldpath'
import type { ResourceModel } from '@oasgen/model'
import { definitionPlace, type AsyncSettings, type FieldMapping, type PaginationSettings } from '@oasgen/restdefinition'
import { describedCalls, type DescribedCall } from './mappings.js'

interface WrittenPath {
  readonly path: string
  readonly at: string
}

/** Paths into bodies and answers. Those into the resource are checked with the definition itself. */
export function pathFindings({ definition }: ResourceModel): readonly Finding[] {
  const calls = describedCalls(definition)
  const witnesses = definition.resource.fields.flatMap(({ witness, at }) => some(witness, `${at}/witness`))
  return [...calls.flatMap(pathsOf), ...witnesses].flatMap(({ path, at }) => {
    if (path === '$') return []
    const parsed = parsePath(path)
    if (parsed.ok) return []
    return [finding('PLN0101', { path, problem: parsed.message, column: parsed.column }, { where: definitionPlace(definition, at) })]
  })
}

function some(path: string | undefined, at: string): readonly WrittenPath[] {
  return path === undefined ? [] : [{ path, at }]
}

function pathsOf({ call, mappings }: DescribedCall): readonly WrittenPath[] {
  const { at, async } = call
  return [
    ...some(call.itemPath, `${at}/itemPath`),
    ...some(call.itemsPath, `${at}/itemsPath`),
    ...some(call.body.path, `${at}/body/path`),
    ...mappings.flatMap(mappingPaths),
    ...(call.pagination === undefined ? [] : pagePaths(call.pagination, `${at}/pagination/${call.pagination.type}`)),
    ...(async === undefined ? [] : asyncPaths(async, `${at}/async`)),
  ]
}

function mappingPaths(mapping: FieldMapping): readonly WrittenPath[] {
  if (mapping.direction === 'response') {
    return mapping.from.in === 'body' ? [{ path: mapping.from.path, at: `${mapping.at}/inResponse` }] : []
  }
  return mapping.to.in === 'body' ? [{ path: mapping.to.path, at: `${mapping.at}/inBody` }] : []
}

function pagePaths(settings: PaginationSettings, at: string): readonly WrittenPath[] {
  const places = [
    ...('request' in settings ? [{ ...settings.request, at: `${at}/request` }] : []),
    ...('response' in settings ? [{ ...settings.response, at: `${at}/response` }] : []),
  ]
  const end = 'end' in settings ? settings.end : undefined
  const last = end === undefined || end.type === 'header' ? [] : some(end.path, `${at}/response/body`)
  return [...places.flatMap((place) => (place.tokenIn === 'body' ? [{ path: place.tokenPath, at: place.at }] : [])), ...last]
}

function asyncPaths({ operationRef, poll }: AsyncSettings, at: string): readonly WrittenPath[] {
  const handle = operationRef?.in === 'body' ? some(operationRef.path, `${at}/operationRef/path`) : []
  return [...handle, ...some(poll?.statusPath, `${at}/poll/statusPath`)]
}
