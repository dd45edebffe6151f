import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { connectKube, loadKubeconfig, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo } from '../io.js'

export interface TargetOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}

export interface Target {
  readonly kube: Kube
  readonly namespace: string
}

/** The cluster a command speaks to: flag, `KUBECONFIG`, the control plane that `up` started here, then kubectl's default. */
export async function connectTarget(io: CommandIo, options: TargetOptions): Promise<Target> {
  const path = kubeconfigPath(io, options)
  const loaded = await loadKubeconfig({ ...(path !== undefined && { path }), ...(options.context !== undefined && { context: options.context }), env: io.env })
  if (loaded.value === undefined) throw new CommandError(loaded.findings[0]?.message ?? 'no kubeconfig', { code: EXIT.unavailable, help: HELP })
  return { kube: connectKube(loaded.value), namespace: options.namespace ?? loaded.value.namespace ?? 'default' }
}

const HELP = 'start one here with `oasgen up`, or name yours with --kubeconfig or KUBECONFIG'

/** Undefined: what KUBECONFIG lists, or kubectl's default. */
export function kubeconfigPath(io: CommandIo, options: TargetOptions): string | undefined {
  if (options.kubeconfig !== undefined) return resolve(io.cwd, options.kubeconfig)
  return isInEnvironment(io) ? undefined : ownKubeconfig(io)
}

// Several files, as kubectl merges them: whoever reads the variable does that.
function isInEnvironment(io: CommandIo): boolean {
  return (io.env['KUBECONFIG'] ?? '') !== ''
}

function ownKubeconfig(io: CommandIo): string | undefined {
  const path = join(io.cwd, '.oasgen', 'kubeconfig')
  return existsSync(path) ? path : undefined
}
