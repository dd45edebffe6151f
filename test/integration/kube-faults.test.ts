import { startControlPlane } from '@oasgen/apiserver'
import { kubeFaultsSuite } from './kube-faults-suite.js'

kubeFaultsSuite('the embedded control plane', async () => {
  const plane = await startControlPlane({ inMemory: true })
  return { target: plane, stop: () => plane.close() }
})
