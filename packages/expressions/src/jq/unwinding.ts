import type { Env, Out } from './filter.js'
import { JqError, Leave } from './run.js'

/** What goes wrong while values come out is not what goes wrong in the filter: `try` must not catch it. */
export function attempt(run: (out: Out) => void, env: Env, out: Out): JqError | undefined {
  const { depth } = env.run
  let passing: unknown
  try {
    run((item) => {
      try {
        out(item)
      } catch (error) {
        passing = error
        throw error
      }
    })
  } catch (error) {
    if (error === passing || !(error instanceof JqError)) throw error
    env.run.depth = depth
    return error
  }
  return undefined
}

/** Runs what may end early by throwing the token that it is given. */
export function leavable({ run }: Env, body: (leave: Leave) => void): void {
  const leave = new Leave()
  const { depth } = run
  try {
    body(leave)
  } catch (error) {
    if (error !== leave) throw error
    run.depth = depth
  }
}
