import { peerCasesSuite } from '../unit/peer-cases-suite.js'

peerCasesSuite('in a cluster')
