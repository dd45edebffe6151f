import type { ConfigurationModel, ConfigurationParameter, ResourceModel } from '@oasgen/model'
import type { Lowering, Spot } from '../lower/context.js'
import { nameStep } from '../lower/object.js'
import { lowerSchema } from '../lower/schema.js'
import type { Structural } from '../lower/structural.js'
import { renderAuthentication } from './auth-blocks.js'

/** The spec of `<Kind>Configuration`: credentials and parameters as in the reference, and how requests are sent. */
export function renderConfigurationSpec(model: ResourceModel, configuration: ConfigurationModel, lowering: Lowering): Structural {
  const authentication = renderAuthentication(configuration)
  const parameters = renderParameters(configuration.parameters, lowering)
  return {
    type: 'object',
    description: `How requests about ${model.names.kind} resources are sent.`,
    properties: {
      ...(authentication && { authentication }),
      ...(parameters && { configuration: parameters }),
      ...SENDING,
    },
  }
}

const NUMBER = (description: string): Structural => ({ type: 'integer', minimum: 1, description })

const SENDING: Readonly<Record<string, Structural>> = {
  default: {
    type: 'boolean',
    description: 'Resources of this namespace without a configurationRef use this Configuration. At most one per namespace.',
  },
  baseURL: {
    type: 'string',
    description: 'Address of the API, in place of the servers of document and definition.',
    pattern: '^https?://.+',
  },
  serverVariables: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Values for the variables of the server\'s URL.',
  },
  tls: {
    type: 'object',
    description: 'How the server proves itself.',
    properties: {
      caBundle: { type: 'string', description: 'PEM certificates that are trusted, in place of the system\'s.' },
      caRef: {
        type: 'object',
        description: 'Secret that holds these certificates.',
        properties: { key: { type: 'string' }, name: { type: 'string' }, namespace: { type: 'string' } },
        required: ['key', 'name', 'namespace'],
      },
      serverName: { type: 'string', description: 'Name that the certificate has to have.' },
      insecureSkipVerify: { type: 'boolean', description: 'Trust any certificate. Credentials can be stolen; for tests only.' },
    },
  },
  proxyURL: { type: 'string', description: 'Proxy for these requests; none = no proxy whatever the environment says.' },
  timeoutSeconds: NUMBER('How long one request may take. Absent: 30.'),
  rateLimit: {
    type: 'object',
    description: 'What the API may be asked for with these credentials.',
    properties: {
      requestsPerSecond: NUMBER('Requests per second.'),
      burst: NUMBER('Requests at once. Absent: one second\'s worth.'),
      concurrency: NUMBER('Requests in flight. Absent: 32.'),
    },
  },
  headers: {
    type: 'array',
    description: 'Headers that are sent with each request.',
    items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'string' } }, required: ['name', 'value'] },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  },
}

/** `configuration.<in>.<action>.<parameter>`, with the words of OpenAPI. */
function renderParameters(parameters: readonly ConfigurationParameter[], lowering: Lowering): Structural | undefined {
  if (parameters.length === 0) return undefined
  return grouped(
    parameters,
    ({ in: place }) => place,
    (ofPlace) => grouped(ofPlace, ({ action }) => action, (ofAction) => renderAction(ofAction, lowering)),
  )
}

function grouped(
  all: readonly ConfigurationParameter[],
  key: (each: ConfigurationParameter) => string,
  render: (group: readonly ConfigurationParameter[]) => Structural,
): Structural {
  const groups = new Map<string, ConfigurationParameter[]>()
  for (const each of all) groups.set(key(each), [...(groups.get(key(each)) ?? []), each])
  return { type: 'object', properties: Object.fromEntries([...groups].map(([name, group]) => [name, render(group)])) }
}

function renderAction(parameters: readonly ConfigurationParameter[], lowering: Lowering): Structural {
  const required = parameters.filter(({ parameter }) => parameter.declaredRequired).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map((each) => [each.name, renderParameter(each, lowering)])),
    ...(required.length > 0 && { required: [...new Set(required)].toSorted() }),
  }
}

/** Parameters are small; one that is not is cut. */
const ROOM = 200

function renderParameter({ name, in: place, action, parameter }: ConfigurationParameter, lowering: Lowering): Structural {
  const spot: Spot = { field: `configuration.${place}.${action}.${nameStep(name)}`, depth: 3, open: [], repeated: false, room: ROOM }
  return lowerSchema(lowering, parameter.schema, spot, parameter.description)
}
