export { DEMO_TOKEN, startBookshop } from './server.js'
export type { Bookshop, BookshopOptions, Fault, LedgerEntry } from './server.js'
export type { Item, ShopData } from './store.js'
