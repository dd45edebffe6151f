import type { JsonObject } from '@oasgen/json'
import { virtualClock, type VirtualClock } from './clock.testing.js'
import type { LeaseApi, LeaseResult } from './lease.js'

/** What happens to the requests of one process. */
export type Line = 'up' | /** Requests never arrive. */ 'cut' | /** Requests arrive, answers do not. */ 'deaf'

export interface Process {
  readonly clock: VirtualClock
  readonly api: LeaseApi
  line: Line
  /** SIGSTOP: time goes on, nothing runs. */
  isStopped: boolean
}

export interface LeaseWorld {
  process(rate?: number): Process
  advance(ms: number): Promise<void>
  /** Real time. */
  now(): number
  readonly leases: ReadonlyMap<string, JsonObject>
  writes: number
}

const STEP_MS = 100

/** One API server and any number of processes, each with its own clock, line and pauses. */
export function leaseWorld(): LeaseWorld {
  const leases = new Map<string, JsonObject>()
  const processes: { readonly process: Process; readonly rate: number }[] = []
  let version = 0
  let real = 0
  const world: LeaseWorld = {
    leases,
    writes: 0,
    now: () => real,
    process: (rate = 1) => {
      const process: Process = { clock: virtualClock(real, rate), line: 'up', isStopped: false, api: undefined as never }
      ;(process as { api: LeaseApi }).api = apiFor(process)
      processes.push({ process, rate })
      return process
    },
    advance: async (ms) => {
      for (let left = ms; left > 0; left -= STEP_MS) {
        real += STEP_MS
        for (const { process } of processes) {
          if (process.isStopped) process.clock.skip(STEP_MS)
          else await process.clock.advance(STEP_MS)
        }
      }
    },
  }
  const refuse = <T>(kind: string): LeaseResult<T> => ({ ok: false, error: { kind, message: kind } })
  const overLine = async <T>(process: Process, timeoutMs: number, act: () => LeaseResult<T>): Promise<LeaseResult<T>> => {
    const { line } = process
    const answer = line === 'cut' ? undefined : act()
    if (line === 'up' && answer !== undefined) return answer
    await new Promise<void>((resolve) => { process.clock.after(timeoutMs, resolve) })
    return refuse('unreachable')
  }
  const store = (name: string, object: JsonObject): LeaseResult<JsonObject> => {
    version += 1
    world.writes += 1
    const stored = { ...object, metadata: { ...(object.metadata as JsonObject), resourceVersion: String(version) } }
    leases.set(name, stored)
    return { ok: true, value: stored }
  }
  const nameOf = (object: JsonObject): string => (object.metadata as { readonly name: string }).name
  const versionOf = (object: JsonObject | undefined): unknown => (object?.metadata as JsonObject | undefined)?.resourceVersion
  const apiFor = (process: Process): LeaseApi => ({
    get: (_type, ref, { timeoutMs }) => overLine(process, timeoutMs, () => {
      const found = leases.get(ref.name)
      return found === undefined ? refuse('notFound') : { ok: true, value: found }
    }),
    list: (_type, { timeoutMs, labelSelector }) => overLine(process, timeoutMs, () => {
      const [label = '', value] = labelSelector.split('=')
      const items = [...leases.values()].filter((lease) => ((lease.metadata as JsonObject).labels as JsonObject | undefined)?.[label] === value)
      return { ok: true, value: { items } }
    }),
    create: (_type, object, { timeoutMs }) => overLine(process, timeoutMs, () =>
      leases.has(nameOf(object)) ? refuse('alreadyExists') : store(nameOf(object), object)),
    update: (_type, object, { timeoutMs }) => overLine(process, timeoutMs, () => {
      const held = leases.get(nameOf(object))
      if (held === undefined) return refuse('notFound')
      return versionOf(held) === versionOf(object) ? store(nameOf(object), object) : refuse('conflict')
    }),
    delete: (_type, ref, { timeoutMs, preconditions }) => overLine(process, timeoutMs, () => {
      const held = leases.get(ref.name)
      if (held === undefined) return refuse('notFound')
      if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== versionOf(held)) return refuse('conflict')
      leases.delete(ref.name)
      return { ok: true, value: {} }
    }),
  })
  return world
}

/** Requests to the outside in real time; two on one key by two processes at once are a fault. */
export interface Ledger {
  note(entry: LedgerEntry): void
  overlaps(): readonly string[]
  servedBy(process: number): number
}

export interface LedgerEntry {
  readonly key: string
  readonly process: number
  readonly from: number
  readonly to: number
}

export function createLedger(): Ledger {
  const entries: LedgerEntry[] = []
  return {
    note: (entry) => { entries.push(entry) },
    servedBy: (process) => entries.filter((entry) => entry.process === process).length,
    overlaps: () => entries.flatMap((left, index) => entries.slice(index + 1)
      .filter((right) => right.key === left.key && right.process !== left.process && right.from < left.to && left.from < right.to)
      .map((right) => `${left.key}: ${left.process} at ${left.from}–${left.to}, ${right.process} at ${right.from}–${right.to}`)),
  }
}
