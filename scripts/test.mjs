// What a contributor without a cluster can run: the check, then the programs on the embedded control plane.
import { steps } from './check.mjs'
import { runLane } from './lane.mjs'
import { run, runSteps } from './run.mjs'

process.exit(
  await runSteps([
    ...steps,
    ['bundles', () => run('node', ['scripts/bundle.mjs'])],
    ['integration', () => runLane('integration')],
  ]),
)
