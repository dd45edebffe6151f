import type { Metrics } from '@oasgen/controller'
import type { ProviderOptions } from './program.js'

/** What the reference counts with controller-runtime: passes by how they ended, and how long they took. */
export function watchDefinitions(metrics: Metrics): { readonly passed: NonNullable<ProviderOptions['onPass']> } {
  const total = metrics.counter({ name: 'controller_runtime_reconcile_total', help: 'Passes over RestDefinitions by result', labels: ['controller', 'result'] })
  const errors = metrics.counter({ name: 'controller_runtime_reconcile_errors_total', help: 'Passes that ended with an error', labels: ['controller'] })
  const seconds = metrics.histogram({ name: 'controller_runtime_reconcile_time_seconds', help: 'How long a pass took', labels: ['controller'], buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60] })
  const states = metrics.counter({ name: 'oasgen_restdefinition_passes_total', help: 'Passes by the state that they found or made', labels: ['state'] })
  return {
    passed: ({ state, tookMs }) => {
      const isError = state === 'failing'
      total.add(1, CONTROLLER, isError ? 'error' : 'success')
      if (isError) errors.add(1, CONTROLLER)
      seconds.observe(tookMs / 1000, CONTROLLER)
      states.add(1, state)
    },
  }
}

const CONTROLLER = 'restdefinition.ogen.krateo.io'
