import { startControlPlane } from '@oasgen/apiserver'
import { clientNodeSuite } from './client-node-suite.js'

clientNodeSuite('the embedded control plane', () => startControlPlane({ inMemory: true }))
