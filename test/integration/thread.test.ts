import { threadSuite } from './thread-suite.js'

threadSuite('embedded')
