import type { DeploymentRunner, RunningWorkload, Workload } from '@oasgen/apiserver'
import { startWorker } from './workers.js'

/** Lines that controllers and provider write; the view takes what it understands. */
export type WorkerLine = (name: string, line: string) => void

/** The runner of `up`: what a cluster does with an image, it does with this bundle in a process of its own. */
export function controllerRunner(kubeconfig: string, onLine: WorkerLine): DeploymentRunner {
  return { start: (_, workload) => startController(workload, kubeconfig, onLine) }
}

const KEPT_LINES = 500

async function startController(workload: Workload, kubeconfig: string, onLine: WorkerLine): Promise<RunningWorkload> {
  const container = workload.containers[0]
  if (container === undefined) throw new Error(`the pod template of ${workload.deployment} has no container`)
  const lines: string[] = []
  const worker = startWorker({
    name: workload.deployment,
    command: '__controller',
    args: container.args,
    // These processes share one machine: the fixed ports of the pod template would collide.
    // Somebody looks at the screen: drift is to be seen in seconds, not at the third minute.
    env: { REST_CONTROLLER_RESYNC_INTERVAL: '5s', ...container.env, KUBECONFIG: kubeconfig, REST_CONTROLLER_HEALTH_PORT: '0', REST_CONTROLLER_METRICS_SERVER_PORT: '0' },
    onLine: (line) => {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
      onLine(workload.deployment, line)
    },
  })
  return {
    exited: worker.exit,
    stop: (graceMs) => worker.stop(graceMs),
    logs: (tail = KEPT_LINES) => lines.slice(-tail).map((line) => `${line}\n`).join(''),
  }
}
