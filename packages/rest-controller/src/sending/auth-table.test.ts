import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { SchemePlan } from '@oasgen/plan'
import { thingPlan } from '../things.testing.js'
import { authTable } from './auth-table.js'

const ref = (name: string): JsonObject => ({ namespace: 'team', name, key: 'value' })
const secret = (name: string): object => ({ secret: { namespace: 'team', name, key: 'value' } })

const table = (scheme: SchemePlan, block: JsonObject | undefined): unknown => authTable({
  plan: thingPlan('http://api', { auth: { it: scheme } }), namespace: 'home', environment: { clusterHost: '10.0.0.1' },
  configuration: { authentication: block === undefined ? {} : { [scheme.block]: block } },
}).it

describe('authTable', () => {
  it.each<{ name: string; reason: string; scheme: SchemePlan; block: JsonObject | undefined; want: unknown }>([
    { name: 'basic', reason: 'the reference\'s layout', scheme: { type: 'basic', block: 'basic' }, block: { usernameRef: ref('u'), passwordRef: ref('p') }, want: { type: 'basic', username: secret('u'), password: secret('p') } },
    { name: 'bearer', reason: 'the reference\'s layout', scheme: { type: 'bearer', block: 'bearer' }, block: { tokenRef: ref('t') }, want: { type: 'bearer', token: secret('t') } },
    { name: 'a Secret without namespace', reason: 'it is beside the Configuration', scheme: { type: 'bearer', block: 'bearer' }, block: { tokenRef: { name: 't', key: 'value' } }, want: { type: 'bearer', token: { secret: { namespace: 'home', name: 't', key: 'value' } } } },
    { name: 'digest', reason: 'as basic', scheme: { type: 'digest', block: 'digest' }, block: { usernameRef: ref('u'), passwordRef: ref('p') }, want: { type: 'digest', username: secret('u'), password: secret('p') } },
    { name: 'another scheme of http', reason: 'its word goes into the header', scheme: { type: 'http', block: 'hoba', scheme: 'HOBA' }, block: { tokenRef: ref('t') }, want: { type: 'http', scheme: 'HOBA', credentials: secret('t') } },
    { name: 'apiKey in another header', reason: '0.21 lets the Configuration name it', scheme: { type: 'apiKey', block: 'apiKey', in: 'header', name: 'X-Key' }, block: { tokenRef: ref('t'), header: 'X-Other', valuePrefix: 'Token ' }, want: { type: 'apiKey', in: 'header', name: 'X-Other', value: secret('t'), valuePrefix: 'Token ' } },
    { name: 'apiKey in the query', reason: 'a header name means nothing there', scheme: { type: 'apiKey', block: 'apiKey', in: 'query', name: 'key' }, block: { tokenRef: ref('t'), header: 'X-Other' }, want: { type: 'apiKey', in: 'query', name: 'key', value: secret('t') } },
    {
      name: 'oauth2', reason: 'the Configuration wins over the document',
      scheme: { type: 'oauth2', block: 'oauth2', flow: 'clientCredentials', tokenUrl: 'https://a/token', scopes: ['read'] },
      block: { clientIdRef: ref('i'), clientSecretRef: ref('s'), tokenUrl: 'https://b/token', scopes: ['write'], audience: 'x', parameters: { resource: 'y' }, clientAuthentication: 'body' },
      want: { type: 'oauth2', grant: 'clientCredentials', endpoint: { tokenUrl: 'https://b/token' }, clientId: secret('i'), clientSecret: secret('s'), scopes: ['write'], audience: 'x', parameters: { resource: 'y' }, clientAuthentication: 'body' },
    },
    {
      name: 'oauth2 with user and password', reason: 'whoever gives them means the password grant',
      scheme: { type: 'oauth2', block: 'oauth2', flow: 'clientCredentials', tokenUrl: 'https://a/token', scopes: [] },
      block: { clientIdRef: ref('i'), usernameRef: ref('u'), passwordRef: ref('p') },
      want: { type: 'oauth2', grant: 'password', endpoint: { tokenUrl: 'https://a/token' }, clientId: secret('i'), username: secret('u'), password: secret('p'), clientAuthentication: 'basic' },
    },
    { name: 'openIdConnect', reason: 'the issuer tells where tokens are', scheme: { type: 'openIdConnect', block: 'openIdConnect', url: 'https://a/.well-known' }, block: { clientIdRef: ref('i'), clientSecretRef: ref('s'), issuerUrl: 'https://b' }, want: { type: 'oauth2', grant: 'clientCredentials', endpoint: { discoveryUrl: 'https://b' }, clientId: secret('i'), clientSecret: secret('s'), clientAuthentication: 'basic' } },
    { name: 'mutualTLS', reason: 'PEM texts from a Secret', scheme: { type: 'mutualTLS', block: 'mutualTLS' }, block: { certificateRef: ref('c'), privateKeyRef: ref('k') }, want: { type: 'mutualTls', certificate: secret('c'), privateKey: secret('k') } },
    { name: 'awsV4', reason: 'region and service from the document unless said otherwise', scheme: { type: 'awsV4', block: 'awsV4', region: 'eu', service: 's3' }, block: { accessKeyIdRef: ref('a'), secretAccessKeyRef: ref('s'), region: 'us' }, want: { type: 'awsV4', region: 'us', service: 's3', accessKeyId: secret('a'), secretAccessKey: secret('s') } },
    { name: 'oci user', reason: 'names stand in clear, the key does not', scheme: { type: 'ociSignature', block: 'oci' }, block: { tenancy: 't', user: 'u', fingerprint: 'f', privateKeyRef: ref('k') }, want: { type: 'ociSignature', principal: { type: 'user', tenancy: { value: 't' }, user: { value: 'u' }, fingerprint: { value: 'f' }, privateKey: secret('k') } } },
    { name: 'oci instance', reason: 'it needs nothing', scheme: { type: 'ociSignature', block: 'oci' }, block: { principal: 'instance' }, want: { type: 'ociSignature', principal: { type: 'instance' } } },
    { name: 'oci session', reason: 'token and session key', scheme: { type: 'ociSignature', block: 'oci' }, block: { principal: 'session', tokenRef: ref('t'), privateKeyRef: ref('k') }, want: { type: 'ociSignature', principal: { type: 'session', token: secret('t'), privateKey: secret('k') } } },
    { name: 'oci workload', reason: 'the pod\'s own token, exchanged at the cluster', scheme: { type: 'ociSignature', block: 'oci' }, block: { principal: 'workload' }, want: { type: 'ociSignature', principal: { type: 'workload', host: '10.0.0.1', tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token', caFile: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' } } },
    { name: 'half of a basic', reason: 'a scheme without all of its credentials is not offered', scheme: { type: 'basic', block: 'basic' }, block: { usernameRef: ref('u') }, want: undefined },
    { name: 'nothing configured', reason: 'likewise', scheme: { type: 'bearer', block: 'bearer' }, block: undefined, want: undefined },
    { name: 'a block called constructor', reason: 'what objects inherit is no configuration', scheme: { type: 'bearer', block: 'constructor' }, block: undefined, want: undefined },
  ])('$name: $reason', ({ scheme, block, want }) => {
    expect(table(scheme, block)).toEqual(want)
  })
})
