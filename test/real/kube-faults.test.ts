import { startRealApiServer } from '@oasgen/testkit'
import { kubeFaultsSuite } from '../integration/kube-faults-suite.js'

kubeFaultsSuite('kube-apiserver', async () => {
  const server = await startRealApiServer()
  return { target: server, stop: () => server.close() }
})
