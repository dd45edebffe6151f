import { providerSuite } from '../integration/provider/suite.js'

providerSuite('real')
