import { providerSuite } from './suite.js'

providerSuite('embedded')
