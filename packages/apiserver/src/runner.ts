import type { JsonObject } from '@oasgen/json'

/** Runs what Deployments ask for: in `up`, our controllers as worker processes. */
export interface DeploymentRunner {
  /** Starts one replica. Rejecting means that it could not be started; it is tried again with growing pauses. */
  start(deployment: JsonObject, workload: Workload): Promise<RunningWorkload>
}

/** One replica, ready to be run: everything that refers to other objects has been looked up. */
export interface Workload {
  readonly namespace: string
  readonly deployment: string
  /** Name of the pod that stands for it. */
  readonly pod: string
  readonly containers: readonly WorkloadContainer[]
  readonly serviceAccount: WorkloadAccount
}

export interface WorkloadContainer {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What a pod finds in /var/run/secrets/kubernetes.io/serviceaccount, and where its API server is. */
export interface WorkloadAccount {
  readonly name: string
  readonly namespace: string
  readonly token: string
  /** PEM. */
  readonly ca: string
  readonly url: string
}

export interface RunningWorkload {
  /** Resolves when it is able to serve; a workload without a word of that is ready at once. */
  readonly ready?: Promise<void>
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<WorkloadExit>
  /** Asks it to end, and makes it end when the grace is over. */
  stop(graceMs: number): Promise<void>
  /** What it printed, newest last, for `kubectl logs`. */
  logs?(tailLines?: number): string
}

export interface WorkloadExit {
  readonly code: number | null
  readonly signal: string | null
}
