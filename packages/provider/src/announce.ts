import { eventText } from '@oasgen/diagnostics'
import { isObject, textOf } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import type { DefinitionState } from './definition-status.js'
import { specText, type DefinitionEdge } from './edge.js'

/** Events of RestDefinitions, with the names and words of the reference. */
export function announceCreation(edge: DefinitionEdge, definition: KubeObject): void {
  edge.event(definition, { type: 'Normal', reason: 'RestDefinitionCreating', message: `${subject(definition)} creating` })
}

/** One event per change of state. What goes well is told by the conditions. */
export function announceState(edge: DefinitionEdge, definition: KubeObject, state: DefinitionState): void {
  switch (state.type) {
    case 'ready': case 'dormant': return
    case 'progressing': return void (wasReady(definition) && edge.event(definition, { type: 'Normal', reason: 'RestDefinitionUpdating', message: `${subject(definition)} updating` }))
    case 'deleting': return edge.event(definition, { type: 'Normal', reason: 'RestDefinitionDeleting', message: `${subject(definition)} deleting` })
    case 'paused': return edge.event(definition, { type: 'Normal', reason: 'ReconciliationPaused', message: 'Reconciliation is paused via the pause annotation' })
    case 'degraded': case 'stalled': return edge.event(definition, { type: 'Warning', reason: 'CannotObserveExternalResource', message: eventText(state.finding) })
    case 'failing': return edge.event(definition, { type: 'Warning', reason: 'CannotObserveExternalResource', message: state.message })
  }
}

function wasReady(definition: KubeObject): boolean {
  return isObject(definition.status) && typeof definition.status.runningPlanHash === 'string'
}

function subject(definition: KubeObject): string {
  const spec = isObject(definition.spec) ? definition.spec : {}
  const kind = isObject(spec.resource) ? textOf(spec.resource.kind) : ''
  return `RestDefinition '${kind}/${specText(definition, 'resourceGroup')}'`
}
