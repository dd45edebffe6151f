import type { RawHeaders } from '../connection/dispatch.js'
import type { Mask } from './mask.js'

/** Lower-case names, repeated values joined, without cookies: they are credentials of a session that is not ours to keep. */
export function readHeaders(raw: RawHeaders, mask: Mask): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in raw) {
    if (name === 'set-cookie' || name === 'set-cookie2' || name === '__proto__') continue
    const value = raw[name]
    if (value === undefined) continue
    headers[name] = mask.header(name, typeof value === 'string' ? value : value.join(', '))
  }
  return headers
}
