import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { startBookshop, type Bookshop } from '@oasgen/example-bookshop'
import { runSections } from './chart-document.js'
import { startChartCluster, type ChartCluster } from './chart-node.js'

let cluster: ChartCluster
let shop: Bookshop

beforeAll(async () => {
  shop = await startBookshop()
  cluster = await startChartCluster()
})
afterAll(async () => {
  await cluster?.close()
  await shop?.close()
})

it('docs/install.md does what it says, from the first command to the last', async () => {
  onTestFailed(() => void process.stderr.write(`${cluster.output()}\n`))
  const printed = await runSections(cluster, { file: 'docs/install.md', env: { SHOP: `http://127.0.0.1:${shop.port}` } })
  expect(printed).toContain('shelf.bookshop.example/fantasy')
  expect(shop.data.shelves).toEqual({})
  expect(shop.ledger.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /v1/shelves/fantasy', 'DELETE /v1/shelves/fantasy'])
}, 900_000)
