import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { Journal } from './journal.js'
import { StorageFailure, Store } from './store.js'
import type { StoreEvent, Write } from './types.js'

const put = (key: string, data: string): Write => ({ type: 'put', resource: 'things', key, object: { data } })
const remove = (key: string): Write => ({ type: 'remove', resource: 'things', key, object: { data: 'last' } })
const keys = (rows: readonly { readonly key: string }[] | undefined): readonly string[] | undefined => rows?.map((row) => row.key)

describe('store', () => {
  it('lists in key order, a namespace at a time', () => {
    const store = new Store()
    store.commit([put('b/1', ''), put('a/2', ''), put('a-b/1', ''), put('a/1', '')])
    expect(keys(store.list('things', ''))).toEqual(['a-b/1', 'a/1', 'a/2', 'b/1'])
    expect(keys(store.list('things', 'a/'))).toEqual(['a/1', 'a/2'])
  })

  it('shows a list as it was at every revision since compaction', () => {
    const store = new Store()
    const seen = new Map<number, readonly JsonObject[]>([[store.revision, []]])
    for (const write of [put('a', '1'), put('b', '1'), put('a', '2'), remove('b'), put('c', '1'), remove('a')]) {
      store.commit([write])
      seen.set(store.revision, store.list('things', '').map((row) => row.object))
    }
    for (const [revision, objects] of seen) expect(store.listAt('things', '', revision)?.map((row) => row.object)).toEqual(objects)
    store.compact(store.revision - 2)
    expect(store.listAt('things', '', store.revision - 3)).toBeUndefined()
    expect(store.listAt('things', '', store.revision - 2)).toBeDefined()
    expect(store.eventsAfter('things', store.revision - 3)).toBeUndefined()
  })

  it('forgets the oldest history when there is too much of it', () => {
    const store = new Store({ historyLimit: 10 })
    for (let index = 0; index < 25; index++) store.commit([put('a', String(index))])
    expect(store.eventsAfter('things', 1)).toBeUndefined()
    expect(store.eventsAfter('things', store.revision - 5)).toHaveLength(5)
  })

  it('tells nobody of a write that is not durable, and undoes it when it will never be', async () => {
    const journal = new RefusingJournal()
    const store = new Store({ journal })
    const heard: StoreEvent[] = []
    store.subscribe((events) => heard.push(...events))
    store.commit([put('kept', '1')])
    await store.settled()
    journal.refuses = true
    store.commit([put('kept', '2')])
    store.commit([put('lost', '1')])
    expect(store.get('things', 'lost')).toBeDefined()
    await expect(store.settled()).rejects.toBeInstanceOf(StorageFailure)
    expect(store.get('things', 'lost')).toBeUndefined()
    expect(store.get('things', 'kept')?.object).toEqual({ data: '1' })
    expect(heard).toHaveLength(1)
    journal.refuses = false
    store.commit([put('again', '1')])
    await store.settled()
    expect(heard.map((event) => [event.key, event.revision])).toEqual([['kept', 2], ['again', 3]])
  })
})

class RefusingJournal implements Journal {
  refuses = false
  append(): Promise<void> {
    return this.refuses ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve()
  }
  close(): Promise<void> {
    return Promise.resolve()
  }
}
