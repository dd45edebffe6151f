import type { AuthAlternative, AuthRequirement, AuthUse, TransportFailure } from '@oasgen/wire'
import { Sealed, isArray, isObject, type JsonValue } from '@oasgen/json'
import type { AuthScheme, CredentialValue } from '../context.js'
import { failureOf } from '../failure.js'
import type { SecretUse } from '../secret-values.js'

export type Choice =
  | { readonly type: 'uses'; readonly uses: readonly AuthUse[] }
  | { readonly type: 'failure'; readonly failure: TransportFailure }

/**
 * The first alternative of which every scheme has its credentials. Anonymous access is the last resort wherever the
 * document lists it: whoever configured credentials wants them to be used. Where they are configured and their Secret is not
 * there, nothing is sent: an API that answers strangers "not found" would make us believe that an object is gone.
 */
export function chooseAlternative(requirement: AuthRequirement | undefined, schemes: Readonly<Record<string, AuthScheme>>, secrets: SecretUse): Choice {
  if (requirement === undefined || requirement.alternatives.length === 0) return { type: 'uses', uses: [] }
  const problems: string[] = []
  for (const alternative of requirement.alternatives) {
    const missing = missingIn(alternative, schemes, secrets)
    if (missing === undefined && alternative.schemes.length > 0) return { type: 'uses', uses: alternative.schemes }
    if (missing !== undefined) problems.push(missing)
  }
  const isMeant = requirement.alternatives.some((alternative) => alternative.schemes.length > 0 && alternative.schemes.every(({ scheme }) => Object.hasOwn(schemes, scheme)))
  if (!isMeant && requirement.alternatives.some((alternative) => alternative.schemes.length === 0)) return { type: 'uses', uses: [] }
  const detail = [...new Set(problems)].join('; or ')
  return { type: 'failure', failure: failureOf('NET0201', { detail }, { reason: 'credentialsMissing' }) }
}

function missingIn({ schemes: uses }: AuthAlternative, schemes: Readonly<Record<string, AuthScheme>>, secrets: SecretUse): string | undefined {
  for (const { scheme: name } of uses) {
    const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined
    if (scheme === undefined) return `the scheme ${name} is not configured`
    const absent = neededBy(scheme).find((value) => secrets.credential(value) === undefined)
    if (absent !== undefined) return `${name} needs ${describe(absent)}`
  }
  return undefined
}

function describe(value: CredentialValue): string {
  if ('secret' in value) return `the key ${value.secret.key} of Secret ${value.secret.namespace}/${value.secret.name}`
  return 'file' in value ? `the file ${value.file}` : 'a value'
}

/** Every credential without which the scheme cannot work. */
function neededBy(scheme: AuthScheme): readonly CredentialValue[] {
  switch (scheme.type) {
    case 'basic':
    case 'digest':
      return [scheme.username, scheme.password]
    case 'bearer':
      return [scheme.token]
    case 'http':
      return [scheme.credentials]
    case 'apiKey':
      return [scheme.value]
    case 'oauth2':
      return [scheme.clientId, scheme.clientSecret, scheme.username, scheme.password].filter((value) => value !== undefined)
    case 'oidcToken':
      return [{ file: scheme.file }]
    case 'awsV4':
      return [scheme.accessKeyId, scheme.secretAccessKey, ...(scheme.sessionToken ? [scheme.sessionToken] : [])]
    case 'mutualTls':
      return [scheme.certificate, scheme.privateKey, ...(scheme.passphrase ? [scheme.passphrase] : [])]
    case 'login':
      return [...(scheme.basic ? [scheme.basic.username, scheme.basic.password] : []), ...sealedIn(scheme.body?.value)]
    case 'ociSignature':
      return neededByPrincipal(scheme.principal)
  }
}

function neededByPrincipal(principal: Extract<AuthScheme, { type: 'ociSignature' }>['principal']): readonly CredentialValue[] {
  switch (principal.type) {
    case 'user':
      return [principal.tenancy, principal.user, principal.fingerprint, principal.privateKey]
    case 'session':
    case 'resource':
      return [principal.token, principal.privateKey]
    case 'workload':
      return [{ file: principal.tokenFile }]
    case 'instance':
      return []
  }
}

function sealedIn(value: JsonValue | undefined): readonly CredentialValue[] {
  if (value instanceof Sealed) return [{ secret: value.reference }]
  if (isArray(value)) return value.flatMap(sealedIn)
  return isObject(value) ? Object.values(value).flatMap(sealedIn) : []
}
