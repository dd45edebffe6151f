/** The reconciles that are under way, each with the signal that cuts its requests off. */
export interface RunningKeys {
  begin(key: string): AbortController
  end(key: string): void
  /** Cuts off those whose keys are no longer ours. */
  cutOff(isOurs: (key: string) => boolean): void
}

export function createRunningKeys(): RunningKeys {
  const running = new Map<string, AbortController>()
  return {
    begin: (key) => {
      const controller = new AbortController()
      running.set(key, controller)
      return controller
    },
    end: (key) => void running.delete(key),
    cutOff: (isOurs) => {
      for (const [key, controller] of running) if (!isOurs(key)) controller.abort()
    },
  }
}
