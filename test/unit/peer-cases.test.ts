import { peerCasesSuite } from './peer-cases-suite.js'

peerCasesSuite('without a cluster')
