import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileJournal } from './file-journal.js'
import type { Store } from './store.js'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'oasgen-store-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function write(store: Store, key: string, data: string): Promise<void> {
  store.commit([{ type: 'put', resource: 'things', key, object: { data } }])
  await store.settled()
}
const contents = (store: Store): Record<string, unknown> => Object.fromEntries(store.list('things', '').map((row) => [row.key, row.object.data]))
const files = (): readonly string[] => readdirSync(folder).filter((name) => name !== 'lock').sort()
const log = (): string => join(folder, files().filter((name) => name.startsWith('log-')).at(-1) as string)

describe('file journal', () => {
  it('finds everything again: objects, revisions, and the history of the log', async () => {
    const first = await FileJournal.open(folder)
    await write(first, 'a', '1')
    await write(first, 'a', '2')
    first.commit([{ type: 'remove', resource: 'things', key: 'a', object: { data: '2' } }, { type: 'put', resource: 'things', key: 'b', object: { data: '1' } }])
    await first.settled()
    await first.close()
    const second = await FileJournal.open(folder)
    expect(contents(second)).toEqual({ b: '1' })
    expect(second.revision).toBe(first.revision)
    expect(second.eventsAfter('things', 1)?.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED'])
    await second.close()
  })

  it('cuts off a torn last line, wherever it was torn', async () => {
    const store = await FileJournal.open(folder)
    await write(store, 'kept', '1')
    const sound = statSync(log()).size
    await write(store, 'torn', 'x'.repeat(20))
    await store.close()
    const whole = readFileSync(log())
    for (let length = sound + 1; length < whole.length; length++) {
      writeFileSync(log(), whole.subarray(0, length))
      const again = await FileJournal.open(folder)
      expect(contents(again)).toEqual({ kept: '1' })
      await again.close()
      expect(statSync(log()).size).toBe(sound)
    }
  })

  it.each([
    { reason: 'zeros where the file had grown', tail: Buffer.alloc(64) },
    { reason: 'a line of something else', tail: Buffer.from('00000000 {"no":"line"}\n') },
  ])('cuts off $reason', async ({ tail }) => {
    const store = await FileJournal.open(folder)
    await write(store, 'kept', '1')
    await store.close()
    writeFileSync(log(), Buffer.concat([readFileSync(log()), tail]))
    const again = await FileJournal.open(folder)
    expect(contents(again)).toEqual({ kept: '1' })
    await write(again, 'next', '2')
    await again.close()
    const third = await FileJournal.open(folder)
    expect(contents(third)).toEqual({ kept: '1', next: '2' })
    await third.close()
  })

  it('starts nothing on damage before the end', async () => {
    const store = await FileJournal.open(folder)
    await write(store, 'a', '1')
    await write(store, 'b', '2')
    await store.close()
    const bytes = readFileSync(log())
    bytes[20] = (bytes[20] ?? 0) ^ 1
    writeFileSync(log(), bytes)
    await expect(FileJournal.open(folder)).rejects.toThrow('is damaged')
  })

  it('begins a new log behind a snapshot, and needs nothing older', async () => {
    const store = await FileJournal.open(folder, { snapshotBytes: 2_000 })
    for (let index = 0; index < 60; index++) await write(store, `k${index % 7}`, `value ${index}`)
    const before = contents(store)
    await store.close()
    expect(files().filter((name) => name.startsWith('snapshot-'))).toHaveLength(1)
    expect(files().length).toBeLessThanOrEqual(3)
    const again = await FileJournal.open(folder)
    expect(contents(again)).toEqual(before)
    expect(again.revision).toBe(61)
    await again.close()
  })

  it('keeps files to their owner', async () => {
    const store = await FileJournal.open(join(folder, 'deep'))
    await store.close()
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(folder, 'deep'))) expect(statSync(join(folder, 'deep', name)).mode & 0o077).toBe(0)
  })

  it('lets one process in at a time, and takes over from one that is gone', async () => {
    const store = await FileJournal.open(folder)
    await expect(FileJournal.open(folder)).rejects.toThrow(`in use by process ${process.pid}`)
    await store.close()
    writeFileSync(join(folder, 'lock'), '999999999 1\n')
    const again = await FileJournal.open(folder)
    await again.close()
  })
})
