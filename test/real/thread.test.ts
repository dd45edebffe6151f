import { threadSuite } from '../integration/thread-suite.js'

threadSuite('real')
