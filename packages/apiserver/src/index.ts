export { startControlPlane } from './control-plane.js'
export type { ControlPlane, ControlPlaneOptions, RequestStatistics } from './control-plane.js'
export type { Handled } from './kernel.js'
export type { DeploymentRunner, RunningWorkload, Workload, WorkloadAccount, WorkloadContainer, WorkloadExit } from './runner.js'
