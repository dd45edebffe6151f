import { finding } from '@oasgen/diagnostics'
import { isArray, isObject, numberText, isNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { readKeywords } from './keywords.js'
import { memberOf, placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import { shorten } from './name-value.js'
import type { Server, ServerVariable } from './normal-form.js'
import { elementsOf, membersOf, objectAt } from './referred-object.js'
import { joinUri, resolveUri, splitUri } from './uri.js'

/** The servers of the innermost level that has some; those of the settings win over all. */
export function readServers(context: LinkContext, levels: readonly (Located<JsonObject> | undefined)[], report: Report): readonly Server[] {
  const settings = context.settings.servers
  if (settings !== undefined && settings.length > 0) {
    const whole: Located = { source: context.settingsSource, pointer: '/servers', value: settings }
    return serversIn(context, whole, report)
  }
  if (context.version === '2.0') return swaggerServers(context, report)
  for (const level of levels) {
    const list = level === undefined ? undefined : memberOf(level, 'servers')
    if (isArray(list?.value) && list.value.length > 0) return serversIn(context, list, report)
  }
  return [resolveServer(context, { template: '/', variables: [], located: { source: context.root, pointer: '', value: null } }, report)]
}

function serversIn(context: LinkContext, list: Located, report: Report): readonly Server[] {
  return elementsOf(context, list, '`servers`', report).flatMap((located) => {
    const object = objectAt(context, located, 'the server', report)
    return object === undefined ? [] : [readServer(context, object, report)]
  })
}

function readServer(context: LinkContext, located: Located<JsonObject>, report: Report): Server {
  const reader = readKeywords(located, report)
  const description = reader.text('description')
  const variables = memberOf(located, 'variables')
  const members = isObject(variables?.value) ? membersOf(variables as Located<JsonObject>) : []
  const declared = members.map(([name, variable]) => readVariable(name, variable.value))
  const server = resolveServer(context, { template: reader.text('url') ?? '/', variables: declared, located }, report)
  return description === undefined ? server : { ...server, description }
}

function readVariable(name: string, value: JsonValue): ServerVariable {
  const object = isObject(value) ? value : {}
  const listed = isArray(object['enum']) ? object['enum'].flatMap(textOf) : []
  const [preset] = textOf(object['default'])
  const { description } = object
  return { name, enum: listed, ...(preset !== undefined && { default: preset }), ...(typeof description === 'string' && { description }) }
}

/** A port is often written as a number. */
function textOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  return isNumber(value) ? [numberText(value)] : []
}

interface WrittenServer {
  readonly template: string
  readonly variables: readonly ServerVariable[]
  readonly located: Located
}

function resolveServer(context: LinkContext, written: WrittenServer, report: Report): Server {
  const { template, variables, located } = written
  const complain = (problem: string, advice: string): void => {
    const where = located.pointer === '' ? placeOf(located) : placeOf(located, 'url')
    report(finding('OAS0308', { server: shorten(template, 80), problem, advice }, { where }))
  }
  const filled = fillVariables(template.trim(), variables, complain)
  const address = withScheme(filled, complain)
  const parts = splitUri(/^https?:\/\//i.test(context.root.uri) ? resolveUri(context.root.uri, address) : address)
  const url = joinUri({ ...parts, query: undefined, fragment: undefined, path: parts.path.replace(/\/+$/, '') })
  return { url, form: parts.scheme === undefined ? 'relative' : 'absolute', template, variables, place: placeOf(located) }
}

type Complain = (problem: string, advice: string) => void

function fillVariables(template: string, variables: readonly ServerVariable[], complain: Complain): string {
  return template.replaceAll(/\{([^{}]+)\}/g, (braces, name: string) => {
    const variable = variables.find((candidate) => candidate.name === name)
    const value = variable?.default ?? variable?.enum[0]
    if (value !== undefined && value !== '') return value
    if (variable?.default === '') return ''
    const known = variable !== undefined
    const problem = known ? `has no default for its variable \`${name}\`` : `uses the variable \`${name}\` without declaring it`
    complain(problem, 'set `document.servers` in the RestDefinition, or `baseURL` in the Configuration')
    return braces
  })
}

/** `api.example.com/v1` and `//api.example.com` are meant as hosts. */
function withScheme(address: string, complain: Complain): string {
  if (address.startsWith('//')) return `https:${address}`
  if (!/^[a-z\d-]+(?:\.[a-z\d-]+)+(?::\d+)?(?:\/|$)/i.test(address)) return address
  complain('has no scheme; `https` is taken', `write \`https://${address}\``)
  return `https://${address}`
}

function swaggerServers(context: LinkContext, report: Report): readonly Server[] {
  const { host, basePath, schemes } = context.root.root
  const located: Located = { source: context.root, pointer: '', value: null }
  const path = typeof basePath === 'string' ? `/${basePath.replace(/^\/+/, '')}` : ''
  const server = (template: string): Server => resolveServer(context, { template, variables: [], located }, report)
  if (typeof host !== 'string' || host.trim() === '') return [server(path === '' ? '/' : path)]
  const written = isArray(schemes) ? schemes.filter(isHttpScheme) : []
  const own = /^(https?):/i.exec(context.root.uri)?.[1]
  const used = written.length > 0 ? written : [own ?? 'https']
  const bare = host.trim().replace(/^\w+:\/\//, '').replace(/\/+$/, '')
  return [...used].sort(secureFirst).map((scheme) => server(`${scheme.toLowerCase()}://${bare}${path}`))
}

function isHttpScheme(scheme: JsonValue): scheme is string {
  return typeof scheme === 'string' && /^https?$/i.test(scheme)
}

/** A list of schemes has no order of preference; plain text is never the first choice. */
function secureFirst(a: string, b: string): number {
  return Number(b.toLowerCase() === 'https') - Number(a.toLowerCase() === 'https')
}
