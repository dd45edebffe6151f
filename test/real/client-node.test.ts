import { startRealApiServer } from '@oasgen/testkit'
import { clientNodeSuite } from '../integration/client-node-suite.js'

clientNodeSuite('kube-apiserver', startRealApiServer)
