/** The signal of one request: its time limit, or the caller gave up. */
export interface RequestTimer {
  readonly signal: AbortSignal
  isOver(): boolean
  stop(): void
}

/** AbortSignal.any keeps its sources alive on Node 20; this one lets go. */
export function startTimer(timeoutMs: number, outer: AbortSignal | undefined): RequestTimer {
  const controller = new AbortController()
  let isOver = false
  const abort = (): void => controller.abort()
  const timer = setTimeout(() => {
    isOver = true
    abort()
  }, timeoutMs)
  if (outer?.aborted === true) abort()
  outer?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    isOver: () => isOver,
    stop: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', abort)
    },
  }
}
