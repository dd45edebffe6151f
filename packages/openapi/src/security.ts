import { finding, nearest, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { extensionsOf } from './keywords.js'
import { memberOf, placeOf, type LinkContext, type Located, type ReadScheme, type Report } from './link-context.js'
import { nameValue } from './name-value.js'
import type {
  OAuthFlow, OAuthFlowName, OAuthFlows, SecurityAlternative, SecurityRequirements, SecurityScheme, SecurityUse,
} from './normal-form.js'
import { below, valueAt } from './pointer.js'
import { membersOf, objectAt } from './referred-object.js'

/** The schemes of the document; those of the settings replace their namesakes and come after the others. */
export function readSchemes(context: LinkContext): ReadonlyMap<string, ReadScheme> {
  const pointer = context.version === '2.0' ? '/securityDefinitions' : '/components/securitySchemes'
  const value = valueAt(context.root.root, pointer)
  const declared = isObject(value) ? membersOf({ source: context.root, pointer, value }) : []
  const settings = Object.entries(context.settings.securitySchemes ?? {})
    .map(([name, scheme]) => [name, { source: context.settingsSource, pointer: below('/securitySchemes', name), value: scheme }] as const)
  return new Map([...declared, ...settings].map(([name, located]) => [name, readScheme(context, name, located)]))
}

function readScheme(context: LinkContext, name: string, located: Located): ReadScheme {
  const findings: Finding[] = []
  const object = objectAt(context, located, `the security scheme \`${name}\``, (problem) => findings.push(problem))
  if (object === undefined) {
    return { scheme: { ...commonOf(name, located, undefined), type: 'unusable', declared: nameValue(located.value) }, findings }
  }
  const common = commonOf(name, object, object.value)
  const kind = kindOf(object.value)
  if (typeof kind !== 'string') return { scheme: { ...common, ...kind } as SecurityScheme, findings }
  const unusable: SecurityScheme = { ...common, type: 'unusable', declared: nameValue(object.value['type']) }
  return { scheme: unusable, findings: [...findings, finding('OAS0310', { scheme: name, problem: kind }, { where: placeOf(object) })] }
}

type SchemeCommon = Pick<SecurityScheme, 'name' | 'description' | 'extensions' | 'place'>

function commonOf(name: string, located: Located, value: JsonObject | undefined): SchemeCommon {
  const description = value?.['description']
  return { name, ...(typeof description === 'string' && { description }), extensions: extensionsOf(value ?? {}), place: placeOf(located) }
}

type SchemeKind = { readonly type: SecurityScheme['type'] } & Readonly<Record<string, unknown>>

/** What a scheme is, or why it is nothing. */
function kindOf(value: JsonObject): SchemeKind | string {
  const { type } = value
  switch (typeof type === 'string' ? type : '') {
    case 'basic': return { type: 'http', scheme: 'basic' }
    case 'http': return httpKind(value)
    case 'apiKey': return apiKeyKind(value)
    case 'oauth2': return { type: 'oauth2', flows: flowsOf(value) }
    case 'openIdConnect': {
      const url = value['openIdConnectUrl']
      return typeof url === 'string' ? { type: 'openIdConnect', url } : `its \`openIdConnectUrl\` is ${nameValue(url)}`
    }
    case 'mutualTLS': return { type: 'mutualTLS' }
    default: return `its \`type\` is ${nameValue(type)}`
  }
}

function httpKind(value: JsonObject): SchemeKind | string {
  const { scheme, bearerFormat } = value
  if (typeof scheme !== 'string') return `its \`scheme\` is ${nameValue(scheme)}, expected \`basic\`, \`bearer\` or the like`
  return { type: 'http', scheme: scheme.toLowerCase(), ...(typeof bearerFormat === 'string' && { bearerFormat }) }
}

function apiKeyKind(value: JsonObject): SchemeKind | string {
  const { name, in: where } = value
  const named = typeof name === 'string' && name !== ''
  if (!named) return `its \`name\` is ${nameValue(name)}, expected the name of a header, query parameter or cookie`
  const known = where === 'header' || where === 'query' || where === 'cookie'
  return known ? { type: 'apiKey', in: where, parameter: name } : `its \`in\` is ${nameValue(where)}, expected header, query or cookie`
}

/** Names that 2.0 had for the flows. */
const SWAGGER_FLOWS: Readonly<Record<string, OAuthFlowName>> = {
  accessCode: 'authorizationCode', application: 'clientCredentials', implicit: 'implicit', password: 'password',
}
const FLOWS: readonly OAuthFlowName[] = ['authorizationCode', 'clientCredentials', 'implicit', 'password']

function flowsOf(value: JsonObject): OAuthFlows {
  const { flow, flows } = value
  if (typeof flow === 'string') {
    const name = Object.hasOwn(SWAGGER_FLOWS, flow) ? SWAGGER_FLOWS[flow] : FLOWS.find((known) => known === flow)
    return name === undefined ? {} : { [name]: flowOf(value) }
  }
  if (!isObject(flows)) return {}
  return Object.fromEntries(FLOWS.flatMap((name) => {
    const written = flows[name]
    return isObject(written) ? [[name, flowOf(written)] as const] : []
  }))
}

function flowOf(value: JsonObject): OAuthFlow {
  const texts = (['authorizationUrl', 'tokenUrl', 'refreshUrl'] as const).flatMap((name) => {
    const text = value[name]
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : []
  })
  const scopes = isObject(value['scopes']) ? Object.entries(value['scopes']) : []
  return { ...Object.fromEntries(texts), scopes: new Map(scopes.map(([name, text]) => [name, typeof text === 'string' ? text : ''])) }
}

/** What an operation asks for: of the settings, else its own, else the document's. */
export function readSecurity(context: LinkContext, operation: Located<JsonObject> | undefined, report: Report): SecurityRequirements {
  const { security: settings } = context.settings
  if (settings !== undefined) {
    const list: Located = { source: context.settingsSource, pointer: '/security', value: settings }
    return { origin: 'definition', alternatives: alternativesOf(context, list, report) }
  }
  const own = operation === undefined ? undefined : memberOf(operation, 'security')
  if (isArray(own?.value)) return { origin: 'operation', alternatives: alternativesOf(context, own, report) }
  const general = memberOf({ source: context.root, pointer: '', value: context.root.root }, 'security')
  if (isArray(general?.value)) return { origin: 'document', alternatives: alternativesOf(context, general, report) }
  return { origin: 'undeclared', alternatives: [] }
}

function alternativesOf(context: LinkContext, list: Located, report: Report): readonly SecurityAlternative[] {
  const items: readonly JsonValue[] = isArray(list.value) ? list.value : []
  return items.filter(isObject).map((value, index) => ({
    schemes: Object.entries(value).map(([name, scopes]) => {
      const use: Located = { source: list.source, pointer: below(list.pointer, index, name), value: scopes }
      return readUse(context, name, use, report)
    }),
  }))
}

function readUse(context: LinkContext, name: string, located: Located, report: Report): SecurityUse {
  const scopes = isArray(located.value) ? located.value.filter((scope): scope is string => typeof scope === 'string') : []
  const known = context.schemes().get(name)
  if (known !== undefined) {
    known.findings.forEach(report)
    return { name, scopes, scheme: known.scheme }
  }
  const near = nearest(name, context.schemes().keys())
  report(finding('OAS0309', { scheme: name, near: near === undefined ? '' : `; did you mean \`${near}\`?` }, { where: placeOf(located) }))
  return { name, scopes }
}
