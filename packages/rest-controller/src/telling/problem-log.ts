import type { Logger } from '@oasgen/controller'

/** Says what is wrong once, again when it changes, and now and then while it lasts. */
export interface ProblemLog {
  /** `undefined`: all is well again, which is said too when something was wrong. */
  tell(what: string, problem: string | undefined): void
}

const REPEAT_MS = 60_000

export function createProblemLog(logger: Logger, now: () => number): ProblemLog {
  const told = new Map<string, { readonly problem: string; readonly at: number }>()
  return {
    tell: (what, problem) => {
      const last = told.get(what)
      if (problem === undefined) {
        if (last === undefined) return
        told.delete(what)
        logger.info('all is well again', { what })
        return
      }
      if (last !== undefined && last.problem === problem && now() - last.at < REPEAT_MS) return
      told.set(what, { problem, at: now() })
      logger.warn('waiting', { what, problem })
    },
  }
}
