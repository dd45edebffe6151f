import type { Document, SecurityScheme } from '@oasgen/openapi'
import type { ConfigurationField, RestDefinition, VerbAction } from '@oasgen/restdefinition'
import type { ParameterModel } from '../verb/parameters.js'
import type { CallModel, VerbModels } from '../verb/verbs.js'

export interface ConfigurationModel {
  readonly kind: string
  readonly plural: string
  /** The CRD demands `spec.configurationRef`. */
  readonly required: boolean
  /** Security schemes of the document, by the block in `spec.authentication`. */
  readonly schemes: readonly SchemeModel[]
  readonly parameters: readonly ConfigurationParameter[]
}

export interface SchemeModel {
  readonly name: string
  /** Member of `spec.authentication`. */
  readonly block: string
  readonly method: SchemeMethod
  readonly scheme: SecurityScheme
}

/** How a credential of the scheme is used. `unsupported`: no block is made. */
export type SchemeMethod = 'basic' | 'digest' | 'bearer' | 'http' | 'apiKey' | 'oauth2' | 'openIdConnect' | 'mutualTLS' | 'awsV4' | 'ociSignature' | 'unsupported'

export interface ConfigurationParameter {
  readonly name: string
  readonly in: ParameterModel['in']
  readonly action: VerbAction
  readonly parameter: ParameterModel
}

export function buildConfiguration(document: Document, definition: RestDefinition, verbs: VerbModels): ConfigurationModel | undefined {
  const { resource } = definition
  const schemes = buildSchemes(document, definition, verbs)
  const asReference = schemes.length > 0 || resource.configurationFields.length > 0
  if (!asReference && (resource.schema === 'compatible' || !lacksServer(verbs))) return undefined
  const kind = resource.kind.charAt(0).toUpperCase() + resource.kind.slice(1)
  return {
    kind: `${kind}Configuration`,
    plural: `${kind.toLowerCase()}configurations`,
    required: resource.schema === 'compatible' && asReference,
    schemes,
    parameters: resource.configurationFields.flatMap((field) => configured(field, definition, verbs)),
  }
}

/** Somebody has to say where the API is, also where nothing else is configured. The reference has no Configuration then. */
function lacksServer(verbs: VerbModels): boolean {
  return Object.values(verbs).some((verb) =>
    [...(verb.call ? [verb.call] : []), ...verb.steps].some(({ operation }) => !operation.servers.some(({ form }) => form === 'absolute')),
  )
}

/** `["*"]` = every action that the definition declares. */
export function actionsOf(field: ConfigurationField, definition: RestDefinition): readonly VerbAction[] {
  const declared = definition.resource.verbsDescription.map(({ action }) => action)
  return declared.filter((action, index) =>
    (field.actions.includes('*') || field.actions.includes(action)) && declared.indexOf(action) === index,
  )
}

function configured(field: ConfigurationField, definition: RestDefinition, verbs: VerbModels): readonly ConfigurationParameter[] {
  return actionsOf(field, definition).flatMap((action) => {
    const parameter = parameterOf(verbs, action, field)
    return parameter === undefined ? [] : [{ name: field.name, in: parameter.in, action, parameter }]
  })
}

export function parameterOf(
  verbs: VerbModels,
  action: VerbAction,
  field: Pick<ConfigurationField, 'name' | 'in'>,
): ParameterModel | undefined {
  const verb = verbs[action]
  const calls: readonly CallModel[] = verb === undefined ? [] : [...(verb.call ? [verb.call] : []), ...verb.steps]
  return calls.flatMap(({ parameters }) => parameters).find(({ name, in: place }) =>
    place === field.in && sameParameter(place, name, field.name),
  )
}

function sameParameter(place: string, a: string, b: string): boolean {
  return place === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b
}

/**
 * Every scheme of the document, as the reference, which authenticates each call whatever the operation says; under `strict` those
 * that the operations name, where they name any.
 */
function buildSchemes(document: Document, definition: RestDefinition, verbs: VerbModels): readonly SchemeModel[] {
  const named = schemesNamed(verbs)
  const all = [...document.securitySchemes.values()]
  const used = definition.resource.schema === 'strict' && named.size > 0 ? all.filter(({ name }) => named.has(name)) : all
  const blocks = new Set<string>()
  return used.flatMap((scheme) => {
    const method = methodOf(scheme)
    return method === 'unsupported' ? [] : [{ name: scheme.name, block: blockOf(scheme, method, blocks), method, scheme }]
  })
}

function schemesNamed(verbs: VerbModels): ReadonlySet<string> {
  const operations = Object.values(verbs).flatMap((verb) =>
    [...(verb.call ? [verb.call] : []), ...verb.steps].map(({ operation }) => operation),
  )
  return new Set(operations.flatMap(({ security }) => security.alternatives.flatMap(({ schemes }) => schemes.map(({ name }) => name))))
}

export function methodOf(scheme: SecurityScheme): SchemeMethod {
  const signature = scheme.extensions['x-oasgen-signature']
  if (signature === 'aws-v4' || scheme.extensions['x-amazon-apigateway-authtype'] === 'awsSigv4') return 'awsV4'
  if (signature === 'oci') return 'ociSignature'
  switch (scheme.type) {
    case 'http':
      return scheme.scheme === 'basic' || scheme.scheme === 'bearer' || scheme.scheme === 'digest' ? scheme.scheme : 'http'
    case 'oauth2':
      return oauthMethod(scheme)
    case 'apiKey': case 'openIdConnect': case 'mutualTLS':
      return scheme.type
    case 'unusable':
      return 'unsupported'
  }
}

/** Flows that need a browser end in a token that a person fetched: it is used as bearer. */
function oauthMethod(scheme: SecurityScheme & { readonly type: 'oauth2' }): SchemeMethod {
  return scheme.flows.clientCredentials !== undefined || scheme.flows.password !== undefined ? 'oauth2' : 'bearer'
}

/** The first scheme of a method has the method's own name, as in the reference; further ones have their own. */
function blockOf(scheme: SecurityScheme, method: SchemeMethod, taken: Set<string>): string {
  const shared = method === 'basic' || method === 'bearer'
  if (!taken.has(method) || (shared && scheme.type === 'http')) {
    taken.add(method)
    return method
  }
  const own = scheme.name.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase()) || method
  let block = own.charAt(0).toLowerCase() + own.slice(1)
  while (taken.has(block)) block += '_'
  taken.add(block)
  return block
}
