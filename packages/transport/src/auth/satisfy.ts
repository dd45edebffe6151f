import type { AuthUse } from '@oasgen/wire'
import type { ApiKeyScheme, AuthScheme, CredentialValue } from '../context.js'
import { failureOf } from '../failure.js'
import type { SecretUse } from '../secret-values.js'
import { NO_CREDENTIALS, mergeCredentials, placeToken, type Credentials, type CredentialsResult } from './credentials.js'

/** Satisfies every scheme of the chosen alternative. A promise only where a token has to be fetched. */
export function satisfy(uses: readonly AuthUse[], schemes: Readonly<Record<string, AuthScheme>>, secrets: SecretUse):
  Credentials | { readonly failure: Extract<CredentialsResult, { failure: unknown }>['failure'] } {
  if (uses.length === 0) return NO_CREDENTIALS
  const parts: Partial<Credentials>[] = []
  for (const use of uses) {
    const scheme = schemes[use.scheme]
    if (scheme === undefined) continue
    const part = satisfyScheme(scheme, use, secrets)
    if ('failure' in part) return part
    parts.push(part)
  }
  return mergeCredentials(parts)
}

function satisfyScheme(scheme: AuthScheme, use: AuthUse, secrets: SecretUse): CredentialsResult {
  switch (scheme.type) {
    case 'basic':
      return basicCredentials(read(scheme.username, secrets), hidden(scheme.password, secrets), secrets)
    case 'bearer':
      return headerToken(use.scheme, hidden(scheme.token, secrets), 'Bearer')
    case 'http':
      return headerToken(use.scheme, hidden(scheme.credentials, secrets), scheme.scheme)
    case 'apiKey':
      return apiKeyCredentials(scheme, use.scheme, secrets)
    case 'mutualTls':
      return clientCertificate(scheme, secrets)
    default:
      return { failure: failureOf('NET0203', { scheme: use.scheme, detail: `${scheme.type} is not served by this build` }, { reason: 'credentialsMissing' }) }
  }
}

function read(value: CredentialValue, secrets: SecretUse): string {
  return secrets.credential(value) ?? ''
}

/** A credential that must never come back. */
function hidden(value: CredentialValue, secrets: SecretUse): string {
  const text = read(value, secrets)
  secrets.hide(text)
  return text
}

export function basicCredentials(username: string, password: string, secrets: SecretUse): Partial<Credentials> {
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  secrets.hide(pair)
  return { headers: [['authorization', `Basic ${pair}`]] }
}

function headerToken(name: string, token: string, scheme: string): CredentialsResult {
  return isHeaderValue(token) ? { headers: [['authorization', `${scheme} ${token}`]] } : unusable(name, 'it holds a character that no header may hold')
}

function apiKeyCredentials(scheme: ApiKeyScheme, name: string, secrets: SecretUse): CredentialsResult {
  const value = hidden(scheme.value, secrets)
  if (scheme.in !== 'query' && !isHeaderValue(value)) return unusable(name, 'it holds a character that no header may hold')
  return placeToken(value, scheme)
}

function clientCertificate(scheme: Extract<AuthScheme, { type: 'mutualTls' }>, secrets: SecretUse): CredentialsResult {
  const passphrase = scheme.passphrase && hidden(scheme.passphrase, secrets)
  const key = read(scheme.privateKey, secrets)
  return { clientCertificate: { cert: read(scheme.certificate, secrets), key, ...(passphrase !== undefined && { passphrase }) } }
}

function unusable(scheme: string, detail: string): CredentialsResult {
  return { failure: failureOf('NET0203', { scheme, detail }, { reason: 'credentialsMissing' }) }
}

function isHeaderValue(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what a header may not hold
  return !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)
}
