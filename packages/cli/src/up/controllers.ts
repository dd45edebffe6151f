import type { DeploymentRunner, RunningWorkload, Workload } from '@oasgen/apiserver'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { healthPortFile } from './folder.js'
import { startWorker } from './workers.js'

/** Lines that controllers and provider write; the view takes what it understands. */
export type WorkerLine = (name: string, line: string) => void

export interface RunnerOptions {
  readonly kubeconfig: string
  /** Where the ports of the controllers are left for `describe` and `replay`. */
  readonly cwd: string
  readonly onLine: WorkerLine
  /** On top of what the pod template says. */
  readonly env: Readonly<Record<string, string>>
}

/** The runner of `up` and `run`: what a cluster does with an image, it does with this bundle in a process of its own. */
export function controllerRunner(options: RunnerOptions): DeploymentRunner {
  return { start: (_, workload) => startController(workload, options) }
}

const KEPT_LINES = 500

async function startController(workload: Workload, { kubeconfig, cwd, onLine, env }: RunnerOptions): Promise<RunningWorkload> {
  const container = workload.containers[0]
  if (container === undefined) throw new Error(`the pod template of ${workload.deployment} has no container`)
  const lines: string[] = []
  const health = await freePort()
  const portFile = healthPortFile(cwd, workload.deployment)
  mkdirSync(dirname(portFile), { recursive: true })
  writeFileSync(portFile, `${health}\n`)
  const worker = startWorker({
    name: workload.deployment,
    command: '__controller',
    args: container.args,
    // These processes share one machine: the fixed ports of the pod template would collide.
    env: { ...env, ...container.env, KUBECONFIG: kubeconfig, REST_CONTROLLER_HEALTH_PORT: String(health), REST_CONTROLLER_METRICS_SERVER_PORT: '0' },
    onLine: (line) => {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
      onLine(workload.deployment, line)
    },
  })
  void worker.exit.then(() => rmSync(portFile, { force: true }))
  return {
    exited: worker.exit,
    stop: (graceMs) => worker.stop(graceMs),
    logs: (tail = KEPT_LINES) => lines.slice(-tail).map((line) => `${line}\n`).join(''),
  }
}

/** A port that was free a moment ago: the controller takes it before anybody else is likely to. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
