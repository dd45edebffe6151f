import type { AsyncPlan } from '@oasgen/plan'
import { json, problem, type Response } from './answer.js'
import { put } from './body.js'

interface Operation {
  readonly handle: string
  readonly doneAt: number
  readonly fails: boolean
  readonly run: (now: number) => void
  isDone: boolean
}

/** Work that goes on after its request was answered. */
export interface Operations {
  begin(run: (now: number) => void, options: { readonly now: number; readonly fails: boolean }): string
  /** Carries out what is due. */
  settle(now: number): void
  answer(handle: string, plan: AsyncPlan, now: number): Response
}

export function createOperations(takesMs: number): Operations {
  const all: Operation[] = []
  return {
    begin: (run, { now, fails }) => {
      const handle = `op-${all.length + 1}`
      all.push({ handle, doneAt: now + takesMs, fails, run, isDone: false })
      return handle
    },
    settle: (now) => {
      for (const operation of all) {
        if (operation.isDone || now < operation.doneAt) continue
        operation.isDone = true
        if (!operation.fails) operation.run(operation.doneAt)
      }
    },
    answer: (handle, { poll }, now) => {
      const operation = all.find((each) => each.handle === handle)
      if (operation === undefined || poll === undefined) return problem(404, `no operation ${handle}`)
      const state = now < operation.doneAt ? (poll.pendingValues?.[0] ?? 'running') : operation.fails ? (poll.failureValues[0] ?? 'failed') : (poll.successValues[0] ?? 'done')
      return json(200, put({}, poll.statusPath, state))
    },
  }
}
