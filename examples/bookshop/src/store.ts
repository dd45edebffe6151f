import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export type Item = Record<string, unknown>

/** Everything the shop knows. Written to disk as a whole: a demo has few books. */
export interface ShopData {
  nextBook: number
  nextOrder: number
  books: Record<string, Item>
  authors: Record<string, Item>
  orders: Record<string, Item>
  shelves: Record<string, Item>
  operations: Record<string, Operation>
  /** Idempotency-Key → id of the book that it made. */
  keys: Record<string, string>
}

export interface Operation {
  readonly order: Item
  readonly doneAt: number
}

export interface Store {
  readonly data: ShopData
  save(): void
}

const EMPTY: ShopData = { nextBook: 1, nextOrder: 1, books: {}, authors: {}, orders: {}, shelves: {}, operations: {}, keys: {} }

export function openStore(file: string | undefined): Store {
  const data: ShopData = file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ShopData) : structuredClone(EMPTY)
  return { data, save: () => (file === undefined ? undefined : saveAtomically(file, data)) }
}

// Rename after fsync: a killed process leaves the old file or the new one, never half of one.
function saveAtomically(file: string, data: ShopData): void {
  mkdirSync(dirname(file), { recursive: true })
  const next = `${file}.next`
  const handle = openSync(next, 'w', 0o600)
  writeSync(handle, JSON.stringify(data))
  fsyncSync(handle)
  closeSync(handle)
  renameSync(next, file)
}
