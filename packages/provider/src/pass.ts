import type { Finding } from '@oasgen/diagnostics'
import type { KubeError } from '@oasgen/kube'
import type { DefinitionFacts, DefinitionState } from './definition-status.js'

/** When to come back; absent = when something changes. */
export interface Pass {
  readonly state: DefinitionState
  readonly afterSeconds?: number
}

/** One end of a pass that is not the good one. */
export interface Ended {
  readonly ok: false
  readonly pass: Pass
  readonly facts?: DefinitionFacts
}

export type Step<T> = { readonly ok: true; readonly value: T } | Ended

/** What waits for a person is looked at again now and then all the same: not everything that it waits for is watched. */
const LOOK_AGAIN_SECONDS = 60

export function done<T>(value: T): Step<T> {
  return { ok: true, value }
}

export function stalled(finding: Finding, facts: DefinitionFacts = {}): Ended {
  return { ok: false, pass: { state: { type: 'stalled', finding }, afterSeconds: LOOK_AGAIN_SECONDS }, facts }
}

export function failing(message: string, reason: string): Ended {
  return { ok: false, pass: { state: { type: 'failing', message, reason }, afterSeconds: 5 } }
}

export function progressing(message: string, afterSeconds: number): Ended {
  return { ok: false, pass: { state: { type: 'progressing', message }, afterSeconds } }
}

export function kubeFailed(error: KubeError): Ended {
  return failing(`observe failed: ${error.finding.message}`, 'KubernetesRefused')
}
