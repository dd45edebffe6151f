import type { AuthScheme, OciPrincipal } from '@oasgen/transport'
import type { AuthBlock } from './auth-block.js'

/** Where a pod finds its own identity, for workload principals. */
export interface OciEnvironment {
  /** Host of the cluster's API, at which its identity is exchanged. */
  readonly clusterHost?: string
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Oracle request signing: `principal` says whose identity signs. */
export function ociScheme(block: AuthBlock, environment: OciEnvironment): AuthScheme | undefined {
  const principal = principalOf(block, environment)
  return principal === undefined ? undefined : { type: 'ociSignature', principal }
}

function principalOf(block: AuthBlock, { clusterHost }: OciEnvironment): OciPrincipal | undefined {
  switch (block.text('principal') ?? 'user') {
    case 'instance': return { type: 'instance' }
    case 'workload': return clusterHost === undefined ? undefined : { type: 'workload', host: clusterHost, tokenFile: `${ACCOUNT_FOLDER}/token`, caFile: `${ACCOUNT_FOLDER}/ca.crt` }
    case 'session': return withToken(block, 'session')
    case 'resource': return withToken(block, 'resource')
    case 'user': return user(block)
    default: return undefined
  }
}

function withToken(block: AuthBlock, type: 'session' | 'resource'): OciPrincipal | undefined {
  const token = block.credential('token')
  const privateKey = block.credential('privateKey')
  const passphrase = block.credential('passphrase')
  return token === undefined || privateKey === undefined ? undefined : { type, token, privateKey, ...(passphrase && { passphrase }) }
}

function user(block: AuthBlock): OciPrincipal | undefined {
  const tenancy = block.credential('tenancy')
  const name = block.credential('user')
  const fingerprint = block.credential('fingerprint')
  const privateKey = block.credential('privateKey')
  const passphrase = block.credential('passphrase')
  if (tenancy === undefined || name === undefined || fingerprint === undefined || privateKey === undefined) return undefined
  return { type: 'user', tenancy, user: name, fingerprint, privateKey, ...(passphrase && { passphrase }) }
}
