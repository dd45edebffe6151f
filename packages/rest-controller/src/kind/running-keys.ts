/** The reconciles that are under way, and the signals that cut their requests off. */
export interface RunningKeys {
  /** The signal of this key's requests. */
  begin(key: string): AbortSignal
  end(key: string): void
  /** Cuts off those whose keys are no longer ours. */
  cutOff(isOurs: (key: string) => boolean): void
}

/** A leader wins and loses all keys together, so that one signal serves them all; shards lose them one by one. */
export function createRunningKeys(mode: 'leader' | 'shards'): RunningKeys {
  return mode === 'leader' ? together() : oneByOne()
}

function together(): RunningKeys {
  let all = new AbortController()
  return {
    begin: () => all.signal,
    end: () => undefined,
    cutOff: (isOurs) => {
      if (isOurs('')) return
      all.abort()
      all = new AbortController()
    },
  }
}

function oneByOne(): RunningKeys {
  const running = new Map<string, AbortController>()
  return {
    begin: (key) => {
      const controller = new AbortController()
      running.set(key, controller)
      return controller.signal
    },
    end: (key) => void running.delete(key),
    cutOff: (isOurs) => {
      for (const [key, controller] of running) if (!isOurs(key)) controller.abort()
    },
  }
}
