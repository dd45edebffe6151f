import type { ConfigurationModel, SchemeModel } from '@oasgen/model'
import type { Structural } from '../lower/structural.js'

/** `spec.authentication` of a Configuration: one block per security scheme; bearer and basic are laid out as in the reference. */
export function renderAuthentication({ schemes }: ConfigurationModel): Structural | undefined {
  if (schemes.length === 0) return undefined
  const blocks = schemes.map((scheme) => [scheme.block, withDescription(renderBlock(scheme), scheme)] as const)
  return {
    type: 'object',
    description: 'The authentication methods available for this API.',
    properties: { ...Object.fromEntries(blocks), login: LOGIN },
  }
}

function withDescription(block: Structural, { scheme, method }: SchemeModel): Structural {
  const told = scheme.description?.trim()
  const plain = method === 'basic' || method === 'bearer'
  return plain && (told === undefined || told === '') ? block : {
    ...block,
    description: `Security scheme ${scheme.name}.${told === undefined || told === '' ? '' : ` ${told.slice(0, 512)}`}`,
  }
}

function renderBlock(model: SchemeModel): Structural {
  switch (model.method) {
    case 'basic': case 'digest':
      return block({ usernameRef: secretRef(), passwordRef: secretRef() }, ['usernameRef', 'passwordRef'])
    case 'bearer': case 'http':
      return block({ tokenRef: secretRef() }, ['tokenRef'])
    case 'apiKey':
      return block(
        { tokenRef: secretRef(), ...apiKeyPlace(model), valuePrefix: text('Written before the value, such as `Token `.') },
        ['tokenRef'],
      )
    case 'oauth2':
      return block(
        {
          ...CLIENT,
          usernameRef: secretRef('User, for the password grant.'),
          passwordRef: secretRef('Password, for the password grant.'),
          tokenUrl: text('Token endpoint. Absent: as the document says.'),
          ...TOKEN_REQUEST,
        },
        ['clientIdRef'],
      )
    case 'openIdConnect':
      return block(
        { ...CLIENT, issuerUrl: text('Discovery document or issuer. Absent: as the document says.'), ...TOKEN_REQUEST },
        ['clientIdRef'],
      )
    case 'mutualTLS':
      return block(
        {
          certificateRef: secretRef('PEM certificate chain.'),
          privateKeyRef: secretRef('PEM private key.'),
          passphraseRef: secretRef('Passphrase of the private key.'),
        },
        ['certificateRef', 'privateKeyRef'],
      )
    case 'awsV4':
      return block(
        {
          accessKeyIdRef: secretRef(),
          secretAccessKeyRef: secretRef(),
          sessionTokenRef: secretRef(),
          region: text('Region, such as eu-central-1.'),
          service: text('Service name in the signature.'),
        },
        ['accessKeyIdRef', 'secretAccessKeyRef'],
      )
    case 'ociSignature':
      return block(OCI, [])
    case 'unsupported':
      return block({}, [])
  }
}

/** 0.21's `header` names another header than the document's; a key in a query or cookie has its own name there. */
function apiKeyPlace({ scheme }: SchemeModel): Readonly<Record<string, Structural>> {
  return scheme.type === 'apiKey' && scheme.in !== 'header'
    ? {}
    : { header: text('Header that carries the key. Absent: as the document says.') }
}

const CLIENT = { clientIdRef: secretRef('Client id.'), clientSecretRef: secretRef('Client secret.') }

const TOKEN_REQUEST: Readonly<Record<string, Structural>> = {
  scopes: { type: 'array', items: { type: 'string' }, description: 'Scopes to ask for. Absent: those that the operations need.' },
  audience: text('Audience of the token.'),
  parameters: { type: 'object', additionalProperties: { type: 'string' }, description: 'Further members of the token request.' },
  clientAuthentication: { type: 'string', enum: ['basic', 'body'], description: 'How the client proves itself. Absent: basic.' },
}

const OCI: Readonly<Record<string, Structural>> = {
  principal: {
    type: 'string',
    enum: ['user', 'session', 'instance', 'workload', 'resource'],
    description: 'Whose identity signs. Absent: user.',
  },
  tenancy: text('OCID of the tenancy.'),
  user: text('OCID of the user.'),
  fingerprint: text('Fingerprint of the API key.'),
  privateKeyRef: secretRef('PEM private key.'),
  passphraseRef: secretRef('Passphrase of the private key.'),
  tokenRef: secretRef('Session or resource principal token.'),
  region: text('Region, such as eu-frankfurt-1.'),
}

/** One call with credentials that hands out a session token for all others. */
const LOGIN: Structural = {
  type: 'object',
  description: 'For an API that hands out a session token: this call is made first, and its token is sent with every request.',
  properties: {
    path: text('Path of the login operation, below the base URL.'),
    method: { type: 'string', enum: ['POST', 'PUT', 'GET'], description: 'Absent: POST.' },
    encoding: { type: 'string', enum: ['json', 'form'], description: 'How the body is written. Absent: json.' },
    body: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, description: 'Body of the login, without secrets.' },
    secrets: {
      type: 'array',
      description: 'Secrets that are put into the body.',
      items: { type: 'object', properties: { path: text('Field of the body.'), secretRef: secretRef() }, required: ['path', 'secretRef'] },
    },
    usernameRef: secretRef('User, for a login with basic authentication.'),
    passwordRef: secretRef('Password, for a login with basic authentication.'),
    tokenPath: text('Where the token is in the answer.'),
    tokenHeader: text('Header of the answer that holds the token, instead of tokenPath.'),
    tokenCookie: text('Cookie of the answer that holds the token, instead of tokenPath.'),
    header: text('Header that carries the token on all other requests. Absent: Authorization.'),
    valuePrefix: text('Written before the token. Absent: `Bearer ` in Authorization, nothing in other headers.'),
    lifetimeSeconds: { type: 'integer', minimum: 1, description: 'How long the token is used. Absent: 900.' },
  },
  required: ['path'],
}

function secretRef(description?: string): Structural {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: { key: { type: 'string' }, name: { type: 'string' }, namespace: { type: 'string' } },
    required: ['key', 'name', 'namespace'],
  }
}

function text(description: string): Structural {
  return { type: 'string', description }
}

function block(properties: Readonly<Record<string, Structural>>, required: readonly string[]): Structural {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}
