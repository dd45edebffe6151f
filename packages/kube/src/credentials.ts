import { readFile } from 'node:fs/promises'
import type { ClientCertificate, ConnectionConfig } from './config.js'

/** What is added to a request: a header, and where asked for a certificate for the handshake. */
export interface Credentials {
  /** Value of the `authorization` header. */
  readonly authorization?: string
  readonly clientCert?: ClientCertificate
}

export type CredentialsResult =
  | { readonly ok: true; readonly value: Credentials }
  | { readonly ok: false; readonly problem: string }

export interface CredentialSource {
  /** Cheap: from memory unless it is time to look again. */
  current(): Promise<CredentialsResult>
  /** The server refused the present ones (401): look again now. */
  refresh(): Promise<CredentialsResult>
}

export interface CredentialClock {
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** client-go reads token files again after a minute; the kubelet renews them long before they end. */
const REREAD_MS = 60_000

export function credentialsOf(config: ConnectionConfig, clock: CredentialClock): CredentialSource {
  const clientCert = config.clientCert === undefined ? {} : { clientCert: config.clientCert }
  if (config.credentials !== undefined) return config.credentials
  if (config.tokenFile !== undefined) return fileCredentials(config.tokenFile, clientCert, clock)
  if (config.token !== undefined) return fixedCredentials({ authorization: `Bearer ${config.token}`, ...clientCert })
  if (config.basic !== undefined) return fixedCredentials({ authorization: basicHeader(config.basic), ...clientCert })
  return fixedCredentials(clientCert)
}

export function fixedCredentials(value: Credentials): CredentialSource {
  const answer: Promise<CredentialsResult> = Promise.resolve({ ok: true, value })
  return { current: () => answer, refresh: () => answer }
}

function basicHeader(basic: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`
}

function fileCredentials(path: string, more: Credentials, clock: CredentialClock): CredentialSource {
  return cachedCredentials(async () => {
    try {
      const token = (await readFile(path, 'utf8')).trim()
      if (token === '') return { ok: false, problem: `the token file ${path} is empty` }
      return { ok: true, value: { authorization: `Bearer ${token}`, ...more }, freshUntil: clock.now() + REREAD_MS }
    } catch (cause) {
      return { ok: false, problem: `the token file ${path} cannot be read: ${messageOf(cause)}` }
    }
  }, clock)
}

export type Fetched =
  | { readonly ok: true; readonly value: Credentials; /** Monotonic; absent = for ever. */ readonly freshUntil?: number }
  | { readonly ok: false; readonly problem: string }

/** One look-up at a time; the last good credentials serve while a new look-up fails, as the server is the judge of them. */
export function cachedCredentials(fetch: () => Promise<Fetched>, clock: CredentialClock): CredentialSource {
  let held: Extract<Fetched, { ok: true }> | undefined
  let pending: Promise<CredentialsResult> | undefined
  const look = (): Promise<CredentialsResult> => {
    pending ??= fetch().then((found): CredentialsResult => {
      if (found.ok) held = found
      return found.ok || held === undefined ? found : { ok: true, value: held.value }
    }).finally(() => { pending = undefined })
    return pending
  }
  const current = async (): Promise<CredentialsResult> => {
    if (held !== undefined && (held.freshUntil === undefined || clock.now() < held.freshUntil)) return { ok: true, value: held.value }
    return look()
  }
  return { current, refresh: look }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
