import { startControlPlane } from '@oasgen/apiserver'
import { kubeSuite } from './kube-suite.js'

kubeSuite('the embedded control plane', async () => {
  const plane = await startControlPlane({ inMemory: true })
  return { target: plane, stop: () => plane.close() }
})
