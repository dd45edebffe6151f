import { programSuite } from '../integration/rest-controller/program-suite.js'

programSuite('real')
