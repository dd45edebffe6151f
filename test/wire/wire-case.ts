/**
 * Wire-level cases as data: requests, sent in order to any Kubernetes API server. What they must answer is recorded beside, from a
 * real kube-apiserver (`expected/<suite>.json`), so that the same suite judges the embedded control plane and the real one.
 *
 * In paths and bodies `$NS` is a namespace and `$G` an API group of the suite's own; `$name` is a value captured by an earlier step.
 */
export interface WireSuite {
  readonly name: string
  /** What the suite guards. */
  readonly reason: string
  readonly steps: readonly WireStep[]
}

export interface WireStep {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly options: StepOptions
}

export interface StepOptions {
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Ask again until the answer is like that; controllers take their time. */
  readonly until?: (answer: { readonly status: number; readonly body: unknown }) => boolean
  /** Values for later steps, by dotted path into the body. */
  readonly capture?: Readonly<Record<string, string>>
  /** The answer is made use of, but not compared: it is about the server, not about behaviour. */
  readonly compare?: 'nothing' | 'status'
}

export const step = (name: string, method: string, path: string, options: StepOptions = {}): WireStep => ({ name, method, path, options })
/** A JSON body. */
export const json = (body: unknown): StepOptions => ({ body })
export const merge = (body: unknown): StepOptions => ({ body, type: 'application/merge-patch+json' })
export const jsonPatch = (body: unknown): StepOptions => ({ body, type: 'application/json-patch+json' })
export const strategic = (body: unknown): StepOptions => ({ body, type: 'application/strategic-merge-patch+json' })
export const apply = (body: unknown): StepOptions => ({ body, type: 'application/apply-patch+yaml' })

/** The first step of every suite. */
export const namespace = step('make the namespace', 'POST', '/api/v1/namespaces', json({ metadata: { name: '$NS' } }))

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'
export const PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
export const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

export const gone = ({ status }: { readonly status: number }): boolean => status === 404

/** A condition of the answer's object is true. */
export function condition(type: string, status = 'True'): NonNullable<StepOptions['until']> {
  return ({ body }) => ((body as { status?: { conditions?: readonly { type: string; status: string }[] } }).status?.conditions ?? []).some((one) => one.type === type && one.status === status)
}
