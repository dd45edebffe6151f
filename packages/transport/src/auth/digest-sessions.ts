import { createHash, randomBytes } from 'node:crypto'
import type { RawHeaders } from '../connection/dispatch.js'
import type { CredentialWatcher, Signer } from './credentials.js'
import { answerDigest, readDigestChallenge, type DigestChallenge } from './digest.js'

interface Session {
  readonly challenge: DigestChallenge
  count: number
}

const MAX_SESSIONS = 500

/** The challenges that servers gave, so that only the first request of a nonce is answered with 401. */
export class DigestSessions {
  readonly #sessions = new Map<string, Session>()

  use(username: string, password: string, origin: string): { readonly signer: Signer; readonly watcher: CredentialWatcher } {
    const id = createHash('sha256').update(JSON.stringify([username, password, origin])).digest('base64')
    let used: string | undefined
    const signer: Signer = ({ method, url }) => {
      const session = this.#sessions.get(id)
      if (session === undefined) return []
      session.count += 1
      used = session.challenge.nonce
      const { challenge, count } = session
      const uri = url.pathname + url.search
      return [['authorization', answerDigest({ challenge, username, password, method, uri, cnonce: randomBytes(16).toString('hex'), count })]]
    }
    const refused = (headers: RawHeaders): boolean => {
      const header = headers['www-authenticate']
      const challenge = readDigestChallenge(typeof header === 'string' ? header : (header ?? []).join(', '))
      if (challenge === undefined || challenge.nonce === used) return false
      if (this.#sessions.size >= MAX_SESSIONS) this.#sessions.clear()
      this.#sessions.set(id, { challenge, count: 0 })
      return true
    }
    return { signer, watcher: { refused, accepted: () => {} } }
  }
}
