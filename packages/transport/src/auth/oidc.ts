import { readFile } from 'node:fs/promises'
import { failureOf } from '../failure.js'
import type { TokenResult } from './token-cache.js'
import { jwtExpiry } from './token-call.js'

/** The kubelet writes a new token long before the old one ends; one minute is soon enough to see it. */
const READ_AGAIN_MS = 60_000

/** A projected service account token. */
export async function fetchFileToken(file: string, now: () => number): Promise<TokenResult> {
  try {
    const value = (await readFile(file, 'utf8')).trim()
    if (value !== '') return { type: 'token', token: { value, expiresAt: Math.min(now() + READ_AGAIN_MS, Math.max(now() + 1_000, jwtExpiry(value) ?? Infinity)) } }
    return unreadable(file, 'it is empty')
  } catch (error) {
    return unreadable(file, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it may not be read')
  }
}

function unreadable(file: string, detail: string): TokenResult {
  return { type: 'failure', failure: failureOf('NET0214', { file, detail }, { reason: 'credentialsMissing' }) }
}
