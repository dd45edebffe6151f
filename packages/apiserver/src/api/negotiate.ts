import { notAcceptable } from '../failure.js'
import type { ApiRequest, Tried } from '../request.js'

/** What an answer shall look like. */
export interface Form {
  readonly format: 'json' | 'yaml'
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  /** Version of `meta.k8s.io` that Table and partial objects are written in. */
  readonly metaVersion: string
  readonly contentType: string
  readonly pretty: boolean
}

export interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

export const OFFERED: readonly string[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

export function readAccept(header: string): readonly Clause[] {
  const clauses = header.split(',').map(readClause).filter((clause) => clause.type !== '')
  return clauses.map((clause, index) => ({ clause, index }))
    .sort((a, b) => b.clause.quality - a.clause.quality || a.index - b.index).map(({ clause }) => clause)
}

function readClause(text: string): Clause {
  const [type = '', ...parts] = text.split(';').map((part) => part.trim())
  const parameters = Object.fromEntries(parts.map((part) => {
    const at = part.indexOf('=')
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1).replace(/^"(.*)"$/, '$1')]
  }))
  const quality = Number(parameters.q ?? '1')
  return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 1 }
}

/** Which of the transformations an endpoint knows. */
export type Transformations = 'none' | 'object' | 'list'

export function negotiate(request: ApiRequest, transformations: Transformations): Tried<Form> {
  const header = request.headers.accept ?? ''
  const pretty = wantsPretty(request)
  const clauses = header.trim() === '' ? [{ type: '*/*', parameters: {}, quality: 1 }] : readAccept(header)
  for (const clause of clauses) {
    const format = formatOf(clause.type)
    if (format === undefined) continue
    const as = transformationOf(clause.parameters, transformations)
    if (as === undefined) continue
    const contentType = `application/${format}`
    return { format, as, metaVersion: clause.parameters.v ?? 'v1', contentType, pretty }
  }
  // Clients that prefer protobuf alone read JSON too: their decoders go by the content type of the answer.
  return clauses.some((clause) => clause.type === 'application/vnd.kubernetes.protobuf' && clause.parameters.as === undefined)
    ? { format: 'json', as: 'object', metaVersion: 'v1', contentType: 'application/json', pretty }
    : notAcceptable(OFFERED)
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json'
  return type === 'application/yaml' ? 'yaml' : undefined
}

function transformationOf(parameters: Readonly<Record<string, string>>, known: Transformations): Form['as'] | undefined {
  const as = parameters.as
  if (as === undefined) return 'object'
  const version = parameters.v
  if (known === 'none' || parameters.g !== 'meta.k8s.io' || version !== 'v1' && version !== 'v1beta1') return undefined
  if (as === 'Table') return 'Table'
  if (as === 'PartialObjectMetadata' && known === 'object') return as
  return as === 'PartialObjectMetadataList' && known === 'list' ? as : undefined
}

/** People with a browser or curl get lines; `?pretty` says it aloud. */
function wantsPretty(request: ApiRequest): boolean {
  const asked = request.query.get('pretty')?.[0]
  if (asked !== undefined) return !['0', 'false'].includes(asked.toLowerCase())
  const agent = request.headers['user-agent'] ?? ''
  return /^(curl|Wget|Mozilla\/5\.0)/.test(agent)
}

