import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isArray, isObject, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { finding } from '@oasgen/diagnostics'
import { ControlPlaneError } from '../fault.js'
import { frame, unframe } from './frame.js'
import type { Journal } from './journal.js'
import { holdLock, type Lock } from './lock.js'
import { Store } from './store.js'
import type { StoreEvent, Write } from './types.js'

/**
 * The log of a data folder: one line per group of commits, `<crc32> <json>`, synced before anybody hears of them. When it has
 * grown, a snapshot of everything begins a new one.
 *
 *     log-<first revision>          lines of [[revision, type, resource, key, object], …]
 *     snapshot-<revision>           a header line, one line per resource, a footer line
 *
 * A torn last line was never acknowledged and is cut off. Damage anywhere else is told and nothing is started: guessing would
 * lose what somebody relies on.
 */
export class FileJournal implements Journal {
  readonly #folder: string
  readonly #lock: Lock
  readonly #snapshotBytes: number
  #file: FileHandle | undefined
  #size = 0
  #snapshotting: Promise<void> | undefined

  private constructor(folder: string, lock: Lock, snapshotBytes: number) {
    this.#folder = folder
    this.#lock = lock
    this.#snapshotBytes = snapshotBytes
  }

  /** Opens the folder, or makes it, and reads what is in it. */
  static async open(folder: string, options: { readonly snapshotBytes?: number; readonly historyLimit?: number } = {}): Promise<Store> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const journal = new FileJournal(folder, holdLock(folder), options.snapshotBytes ?? 8 * 1024 * 1024)
    try {
      const store = new Store({ journal, ...(options.historyLimit !== undefined && { historyLimit: options.historyLimit }) })
      await journal.#read(store)
      return store
    } catch (error) {
      journal.#lock.release()
      throw error
    }
  }

  async append(events: readonly StoreEvent[], store: Store): Promise<void> {
    const line = frame(writeJson(events.map(rowOf)))
    await this.#write(line)
    this.#size += line.length
    if (this.#size > this.#snapshotBytes && this.#snapshotting === undefined) await this.#rotate(store, events.at(-1)?.revision ?? store.revision)
  }

  async close(): Promise<void> {
    await this.#snapshotting
    await this.#file?.close()
    this.#lock.release()
  }

  /** All or nothing: what a failed write left behind is cut off before the next one. */
  async #write(line: Buffer): Promise<void> {
    const file = this.#file
    if (!file) throw new Error('the log is not open')
    try {
      let written = 0
      while (written < line.length) written += (await file.write(line, written, line.length - written, this.#size + written)).bytesWritten
      await file.datasync()
    } catch (error) {
      await file.truncate(this.#size)
      await file.datasync()
      throw error
    }
  }

  async #read(store: Store): Promise<void> {
    const names = readdirSync(this.#folder)
    const snapshots = numbered(names, 'snapshot-')
    for (const name of names.filter((one) => one.endsWith('.new'))) rmSync(join(this.#folder, name))
    const base = snapshots.at(-1) ?? 0
    if (base > 0) this.#readSnapshot(store, base)
    const logs = numbered(names, 'log-').filter((_, index, all) => (all[index + 1] ?? Number.MAX_SAFE_INTEGER) > base)
    for (const [index, revision] of logs.entries()) this.#readLog(store, revision, index === logs.length - 1)
    await this.#openLog(logs.at(-1) ?? store.revision + 1)
    this.#removeOld(base)
  }

  #readSnapshot(store: Store, revision: number): void {
    const path = join(this.#folder, fileName('snapshot-', revision))
    const lines = readFileSync(path).toString('utf8').split('\n')
    const bodies = lines.slice(0, -1).map((line) => unframe(line))
    const [header, ...rest] = bodies
    const footer = rest.pop()
    if (lines.at(-1) !== '' || bodies.includes(undefined) || header === undefined || footer === undefined) throw damaged(path)
    for (const row of rest) loadRow(store, row ?? null, path)
    if (!isObject(footer) || footer.rows !== rest.length) throw damaged(path)
    store.startAt(revision)
  }

  #readLog(store: Store, revision: number, last: boolean): void {
    const path = join(this.#folder, fileName('log-', revision))
    const bytes = readFileSync(path)
    let at = 0
    while (at < bytes.length) {
      const end = bytes.indexOf(0x0a, at)
      const body = end < 0 ? undefined : unframe(bytes.toString('utf8', at, end))
      if (body === undefined) return cutTail(path, bytes, at, last)
      replayLine(store, body, path)
      at = end + 1
    }
  }

  async #openLog(revision: number): Promise<void> {
    const path = join(this.#folder, fileName('log-', revision))
    const fresh = !existsSync(path)
    this.#file = await open(path, fresh ? 'wx+' : 'r+', 0o600)
    this.#size = (await this.#file.stat()).size
    if (fresh) syncFolder(this.#folder)
  }

  /** From here on commits go to a new log; what was before is written beside, while requests go on. */
  async #rotate(store: Store, revision: number): Promise<void> {
    // Later commits that wait for their turn belong to the new log.
    const contents = store.contents(revision)
    const before = this.#file
    await this.#openLog(revision + 1)
    await before?.close()
    this.#snapshotting = this.#snapshot(contents, revision).catch(() => undefined).finally(() => { this.#snapshotting = undefined })
  }

  async #snapshot(contents: ReturnType<Store['contents']>, revision: number): Promise<void> {
    const path = join(this.#folder, fileName('snapshot-', revision))
    const file = await open(`${path}.new`, 'w', 0o600)
    let rows = 0
    await file.write(frame(writeJson({ format: 1, revision })))
    for (const [resource, stored] of contents) {
      for (let at = 0; at < stored.length; at += 100) {
        const part = stored.slice(at, at + 100).map((one) => [one.revision, one.key, one.object] as const)
        await file.write(frame(writeJson([resource, part as unknown as JsonValue])))
        rows++
      }
    }
    await file.write(frame(writeJson({ rows })))
    await file.sync()
    await file.close()
    renameSync(`${path}.new`, path)
    syncFolder(this.#folder)
    this.#removeOld(revision)
  }

  /** Logs and snapshots that the newest snapshot has made superfluous. */
  #removeOld(snapshot: number): void {
    if (snapshot === 0) return
    const names = readdirSync(this.#folder)
    for (const revision of numbered(names, 'snapshot-')) if (revision < snapshot) rmSync(join(this.#folder, fileName('snapshot-', revision)))
    for (const revision of numbered(names, 'log-')) if (revision <= snapshot) rmSync(join(this.#folder, fileName('log-', revision)))
  }
}

const fileName = (prefix: string, revision: number): string => `${prefix}${String(revision).padStart(12, '0')}`

function numbered(names: readonly string[], prefix: string): readonly number[] {
  return names.filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))).map((name) => Number(name.slice(prefix.length))).sort((a, b) => a - b)
}

function rowOf(event: StoreEvent): JsonValue {
  return [event.revision, event.type === 'DELETED' ? 'remove' : 'put', event.resource, event.key, event.object]
}

/** What cannot be read must be the end of the last log; then it was never acknowledged. */
function cutTail(path: string, bytes: Buffer, at: number, last: boolean): void {
  const rest = bytes.subarray(at)
  const goodAfter = rest.indexOf(0x0a) >= 0 && rest.toString('utf8').split('\n').slice(1).some((line) => line !== '' && unframe(line) !== undefined)
  if (!last || goodAfter) throw damaged(path)
  truncateSync(path, at)
}

const damaged = (file: string): ControlPlaneError => new ControlPlaneError(finding('API0102', { file }))

function replayLine(store: Store, body: JsonValue, path: string): void {
  if (!isArray(body)) throw damaged(path)
  for (const row of body) {
    const write = readRow(row)
    if (!write) throw damaged(path)
    if (write.revision > store.revision) store.replay(write.write, write.revision)
  }
}

function readRow(row: JsonValue): { readonly revision: number; readonly write: Write } | undefined {
  if (!isArray(row)) return undefined
  const [revision, type, resource, key, object] = row
  if (typeof revision !== 'number' || type !== 'put' && type !== 'remove' || typeof resource !== 'string' || typeof key !== 'string' || !isObject(object)) return undefined
  return { revision, write: { type, resource, key, object } }
}

function loadRow(store: Store, row: JsonValue, path: string): void {
  const [resource, part] = isArray(row) ? row : []
  if (typeof resource !== 'string' || !isArray(part)) throw damaged(path)
  for (const one of part) {
    const [revision, key, object] = isArray(one) ? one : []
    if (typeof revision !== 'number' || typeof key !== 'string' || !isObject(object)) throw damaged(path)
    store.load(revision, { key, object: object as JsonObject, revision }, resource)
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

