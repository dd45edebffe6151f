import { startRealApiServer } from '@oasgen/testkit'
import { kubeSuite } from '../integration/kube-suite.js'

kubeSuite('kube-apiserver', async () => {
  const server = await startRealApiServer()
  return { target: server, stop: () => server.close() }
})
