import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { startBookshop, type Bookshop, type Fault, type LedgerEntry } from '@oasgen/example-bookshop'
import type { JsonObject } from '@oasgen/json'
import { annotationsOf, createInformer, nameOf, type ResourceType } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { ANNOTATION } from '@oasgen/wire'
import { GUILD_DOCUMENT, GUILD_KEY, startGuild, type Guild } from './stack/guild.js'
import { conditionStatus, isReady, must, read, startStack, until, type Stack, type StackTarget } from './stack/stack.js'

const BOOKS: ResourceType = { group: 'bookshop.example', version: 'v1alpha1', plural: 'books', kind: 'Book', namespaced: true }
const MEMBERS: ResourceType = { group: 'guild.example', version: 'v1alpha1', plural: 'members', kind: 'Member', namespaced: true }

/** One text for both servers: what holds on the embedded control plane holds on Kubernetes. */
export function threadSuite(target: StackTarget): void {
  describe(`the first thread, ${target}: from a document to an object on the other side`, () => {
    let stack: Stack
    let shop: Bookshop
    let guild: Guild
    let fault: ((request: LedgerEntry) => Fault | undefined) | undefined

    beforeAll(async () => {
      shop = await startBookshop({ orderMs: 300, fault: (request) => fault?.(request) })
      guild = await startGuild()
      stack = await startStack(target, { env: { REST_CONTROLLER_RESYNC_INTERVAL: '2s', REST_CONTROLLER_GRACE_PERIOD: '1s' } })
    })
    afterAll(async () => {
      await stack?.close()
      await shop?.close()
      await guild?.close()
    })
    afterEach(() => { fault = undefined })

    const shown = (): void => onTestFailed(() => void process.stderr.write(`${stack.output()}\n`))

    it('makes kinds of the bookshop: RestDefinition applied, Ready, served', async () => {
      shown()
      await stack.apply(...bookshopObjects('1-definitions.yaml', shop.port))
      for (const name of ['book', 'author', 'order', 'shelf']) await until(`RestDefinition ${name} is Ready`, () => isReady(stack.kube, REST_DEFINITIONS, name))
      const book = await read(stack.kube, REST_DEFINITIONS, 'book')
      expect(book?.status).toMatchObject({ resource: { apiVersion: 'bookshop.example/v1alpha1', kind: 'Book' }, configuration: { kind: 'BookConfiguration' } })
    })

    it('creates what is applied, each once', async () => {
      shown()
      await stack.apply(...bookshopObjects('2-credentials.yaml', shop.port), ...bookshopObjects('3-resources.yaml', shop.port))
      await until('the book is Ready', () => isReady(stack.kube, BOOKS, 'the-hobbit'))
      for (const [plural, kind, name] of [['authors', 'Author', 'tolkien'], ['orders', 'Order', 'first-order'], ['shelves', 'Shelf', 'fantasy']] as const) {
        await until(`${kind} ${name} is Ready`, () => isReady(stack.kube, { ...BOOKS, plural, kind }, name))
      }
      expect(Object.values(shop.data.books)).toMatchObject([{ id: 1, title: 'The Hobbit', price: 1199, tags: ['fantasy', 'classic'] }])
      expect(writes('POST', '/v1/books')).toBe(1)
      expect(writes('POST', '/v1/orders')).toBe(1)
      expect((await read(stack.kube, BOOKS, 'the-hobbit'))?.status).toMatchObject({ id: 1 })
    })

    it('sends an edit as a PATCH of what changed', async () => {
      shown()
      await must(stack.kube.patch(BOOKS, { namespace: 'default', name: 'the-hobbit' }, { type: 'merge', body: { spec: { price: 1299 } } }))
      await until('the shop has the new price', () => shop.data.books['1']?.['price'] === 1299)
      await until('the book is Ready again', () => isReady(stack.kube, BOOKS, 'the-hobbit'))
    })

    it('corrects what somebody changed behind our back', async () => {
      shown()
      shop.data.books['1']!['price'] = 1
      await until('the price is put back', () => shop.data.books['1']?.['price'] === 1299)
    })

    it('writes nothing and reads once per interval when nothing changes', async () => {
      shown()
      await until('the book is Ready', () => isReady(stack.kube, BOOKS, 'the-hobbit'))
      await sleep(2500)
      const before = { kubernetes: await stack.kubernetesWrites(), ledger: shop.ledger.length }
      await sleep(6000)
      expect(await stack.kubernetesWrites()).toEqual(before.kubernetes)
      const since = shop.ledger.slice(before.ledger).filter((entry) => entry.path.startsWith('/v1/books'))
      expect(since.every((entry) => entry.method === 'GET' && entry.path === '/v1/books/1')).toBe(true)
      // Six seconds at an interval of two: three looks, one more or less at the edges.
      expect(since.length).toBeGreaterThanOrEqual(2)
      expect(since.length).toBeLessThanOrEqual(4)
    })

    it('runs a second API with no change of code', async () => {
      shown()
      await stack.apply(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'guild', namespace: 'default' }, data: { 'guild.yaml': GUILD_DOCUMENT.replace('GUILD_URL', guild.url) } },
        guildDefinition,
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'guild', namespace: 'default' }, stringData: { key: `${GUILD_KEY}\n` } },
        { apiVersion: 'guild.example/v1alpha1', kind: 'MemberConfiguration', metadata: { name: 'guild', namespace: 'default' }, spec: { authentication: { apiKey: { tokenRef: { namespace: 'default', name: 'guild', key: 'key' } } } } },
        { apiVersion: 'guild.example/v1alpha1', kind: 'Member', metadata: { name: 'ada', namespace: 'default' }, spec: { configurationRef: { name: 'guild' }, handle: 'ada', rank: 'novice', skills: { logic: 9.5 } } },
      )
      await until('the member is Ready', () => isReady(stack.kube, MEMBERS, 'ada'))
      expect([...guild.members.values()]).toMatchObject([{ handle: 'ada', rank: 'novice', skills: { logic: 9.5 }, memberId: 'm-000001' }])
      await must(stack.kube.patch(MEMBERS, { namespace: 'default', name: 'ada' }, { type: 'merge', body: { spec: { rank: 'master' } } }))
      await until('the rank is changed', () => guild.members.get('m-000001')?.['rank'] === 'master')
      await must(stack.kube.delete(MEMBERS, { namespace: 'default', name: 'ada' }))
      await until('the member is gone on both sides', async () => guild.members.size === 0 && (await read(stack.kube, MEMBERS, 'ada')) === undefined)
      expect(guild.writes).toEqual(['POST /api/members', 'PUT /api/members/m-000001', 'DELETE /api/members/m-000001'])
    })

    it('makes no second object when it is killed after the POST and before it knew the answer', async () => {
      shown()
      let kills = 0
      fault = (request) => {
        if (request.method !== 'POST' || kills > 0) return undefined
        kills++
        stack.killController('book-controller')
        return { type: 'hang', applied: true }
      }
      await stack.apply(book('killed-after', 'Killed after'))
      await until('the book is Ready', () => isReady(stack.kube, BOOKS, 'killed-after'))
      expect(kills).toBe(1)
      expect(Object.values(shop.data.books).filter((item) => item['title'] === 'Killed after')).toHaveLength(1)
    })

    it('makes the object when it is killed before the POST', async () => {
      shown()
      let kills = 0
      const books = createInformer(stack.kube, BOOKS)
      books.onChange(({ object }) => {
        // The record that the controller writes ahead of its POST is there: now it dies.
        if (nameOf(object) !== 'killed-before' || kills > 0 || annotationsOf(object)[ANNOTATION.externalCreateAttempt] === undefined) return
        kills++
        stack.killController('book-controller')
      })
      books.start()
      await stack.apply(book('killed-before', 'Killed before'))
      await until('the book is Ready', () => isReady(stack.kube, BOOKS, 'killed-before'))
      await books.stop()
      expect(kills).toBe(1)
      expect(Object.values(shop.data.books).filter((item) => item['title'] === 'Killed before')).toHaveLength(1)
    })

    it('waits and changes nothing while the API is out of order', async () => {
      shown()
      fault = () => ({ type: 'refuse', status: 500 })
      const before = Object.keys(shop.data.books).length
      await stack.apply(book('during-outage', 'During outage'))
      await until('the book says that it is not known', async () => conditionStatus(await read(stack.kube, BOOKS, 'during-outage'), 'Synced') === 'False')
      expect(Object.keys(shop.data.books)).toHaveLength(before)
      fault = undefined
      await until('the book is Ready', () => isReady(stack.kube, BOOKS, 'during-outage'))
      expect(Object.values(shop.data.books).filter((item) => item['title'] === 'During outage')).toHaveLength(1)
    })

    it('deletes on both sides', async () => {
      shown()
      await must(stack.kube.delete(BOOKS, { namespace: 'default', name: 'the-hobbit' }))
      await until('the book is gone on both sides', async () => shop.data.books['1'] === undefined && (await read(stack.kube, BOOKS, 'the-hobbit')) === undefined)
    })

    it('takes a RestDefinition down with its resources', async () => {
      shown()
      await must(stack.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'book' }))
      await until('the definition is gone', async () => (await read(stack.kube, REST_DEFINITIONS, 'book')) === undefined)
      expect(shop.data.books).toEqual({})
      const crd = await stack.kube.get({ group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition', namespaced: false }, { name: 'books.bookshop.example' })
      expect(crd.ok).toBe(false)
    })

    function writes(method: string, path: string): number {
      return shop.ledger.filter((entry) => entry.method === method && entry.path === path).length
    }
  })
}

function book(name: string, title: string): JsonObject {
  return { apiVersion: 'bookshop.example/v1alpha1', kind: 'Book', metadata: { name, namespace: 'default' }, spec: { configurationRef: { name: 'bookshop' }, title, price: 100 } }
}

const guildDefinition: JsonObject = {
  apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'member', namespace: 'default' },
  spec: {
    oasPath: 'configmap://default/guild/guild.yaml',
    resourceGroup: 'guild.example',
    resource: {
      kind: 'Member',
      identifiers: ['handle'],
      additionalStatusFields: ['memberId'],
      excludedSpecFields: ['memberId'],
      verbsDescription: [
        { action: 'findby', method: 'GET', path: '/members' },
        { action: 'get', method: 'GET', path: '/members/{memberId}' },
        { action: 'create', method: 'POST', path: '/members' },
        { action: 'update', method: 'PUT', path: '/members/{memberId}' },
        { action: 'delete', method: 'DELETE', path: '/members/{memberId}' },
      ],
    },
  },
}

function bookshopObjects(file: string, port: number): readonly JsonObject[] {
  const text = readFileSync(new URL(`../../examples/bookshop/manifests/${file}`, import.meta.url), 'utf8')
  return (loadAll(text.replaceAll(':18080/', `:${port}/`), undefined, { schema: CORE_SCHEMA }) as JsonObject[])
    .map((object) => ({ ...object, metadata: { ...(object.metadata as JsonObject), namespace: 'default' } }))
}
