import { programSuite } from './program-suite.js'

programSuite('embedded')
