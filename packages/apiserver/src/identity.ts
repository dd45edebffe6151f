import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, issueCertificate, type Credential, type Subject } from './x509/certificate.js'

/** The keys of a control plane. They are made once, and live with the data. */
export interface Identity {
  readonly authority: Credential
  /** PEM of the authority's certificate. */
  readonly ca: string
  readonly server: Credential
  readonly adminToken: string
  readonly tokenKey: Uint8Array
}

const DAY = 86_400_000
const AUTHORITY: Subject = { commonName: 'oasgen-ca' }
const HOSTS = ['localhost', '127.0.0.1', '::1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']

/** Reads the identity of a data folder, or makes one; `undefined` = a new one that is kept nowhere. */
export function loadIdentity(dataDir: string | undefined, now: number): Identity {
  const folder = dataDir === undefined ? undefined : join(dataDir, 'keys')
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = credential(folder, 'ca', () => createAuthority(AUTHORITY, now - DAY, now + 3650 * DAY), now)
  const issuer = { subject: AUTHORITY, key: createPrivateKey(authority.key) }
  const server = credential(folder, 'server', () => issueCertificate({
    subject: { commonName: 'oasgen-apiserver' }, usage: 'server', notBefore: now - DAY, notAfter: now + 825 * DAY, hosts: HOSTS,
  }, issuer), now)
  return {
    authority, ca: authority.certificate, server,
    adminToken: secret(folder, 'admin.token', () => randomBytes(24).toString('base64url')),
    tokenKey: Buffer.from(secret(folder, 'tokens.key', () => randomBytes(32).toString('hex')), 'hex'),
  }
}

/** A client certificate for kubectl and friends: CN is the user, every organization a group. */
export function issueClient(identity: Identity, subject: Subject, notBefore: number, notAfter: number): Credential {
  return issueCertificate({ subject, usage: 'client', notBefore, notAfter }, { subject: AUTHORITY, key: createPrivateKey(identity.authority.key) })
}

function credential(folder: string | undefined, name: string, make: () => Credential, now: number): Credential {
  if (folder === undefined) return make()
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  if (existsSync(certificate) && existsSync(key)) {
    const found = { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
    if (lasts(found.certificate, now)) return found
  }
  const made = make()
  writeFileSync(key, made.key, { mode: 0o600 })
  writeFileSync(certificate, made.certificate, { mode: 0o600 })
  return made
}

/** A certificate about to end is made anew at the start. */
function lasts(certificate: string, now: number): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) > now + 30 * DAY
}

function secret(folder: string | undefined, name: string, make: () => string): string {
  if (folder === undefined) return make()
  const path = join(folder, name)
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  const made = make()
  writeFileSync(path, `${made}\n`, { mode: 0o600 })
  return made
}
