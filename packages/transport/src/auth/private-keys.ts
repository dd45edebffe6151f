import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'

const MAX_KEYS = 200

/** Parsed private keys by their text: parsing costs more than half of a signature. */
export class PrivateKeys {
  readonly #keys = new Map<string, KeyObject>()

  /** Undefined = the text is no private key, or the passphrase does not open it. */
  read(pem: string, passphrase?: string): KeyObject | undefined {
    const id = createHash('sha256').update(JSON.stringify([pem, passphrase ?? null])).digest('base64')
    const known = this.#keys.get(id)
    if (known !== undefined) return known
    const key = parseKey(pem, passphrase)
    if (key === undefined) return undefined
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear()
    this.#keys.set(id, key)
    return key
  }
}

function parseKey(pem: string, passphrase: string | undefined): KeyObject | undefined {
  // Oracle's console appends the label OCI_API_KEY below the PEM text.
  const end = /-----END [A-Z ]*PRIVATE KEY-----/.exec(pem)
  const text = end === null ? pem : pem.slice(0, end.index + end[0].length)
  try {
    return createPrivateKey({ key: text, ...(passphrase !== undefined && { passphrase }) })
  } catch {
    return undefined
  }
}
