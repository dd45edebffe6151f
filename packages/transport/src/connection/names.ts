import { lookup, type LookupAddress } from 'node:dns'

type Found = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void

/** All addresses of a name, as the system answers (search domains and /etc/hosts included). */
export type LookUp = (hostname: string, found: Found) => void

/**
 * One look-up per name at a time. The system's look-ups share four threads, so that many waiting for one dead name
 * would make other hosts wait too.
 */
export function createLookUp(): LookUp {
  const pending = new Map<string, Found[]>()
  return (hostname, found) => {
    const waiting = pending.get(hostname)
    if (waiting !== undefined) {
      waiting.push(found)
      return
    }
    const listeners = [found]
    pending.set(hostname, listeners)
    lookup(hostname, { all: true }, (error, addresses) => {
      pending.delete(hostname)
      for (const listener of listeners) listener(error, addresses ?? [])
    })
  }
}
