import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { shorten } from './name-value.js'

const whole = (uri: string) => ({ where: { kind: 'document', uri, pointer: '' } }) as const

/** Texts that are no attempt at JSON or YAML, before anybody parses them. */
export function recognizeText(text: string, uri: string): Finding | undefined {
  if (isBlank(text)) return finding('OAS0001', {}, whole(uri))
  const head = text.slice(0, 2000).trimStart()
  if (!head.startsWith('<') || head.startsWith('<<<<<<<')) return undefined
  if (/^<(?:!doctype html|html|head|body|!--|script|div)\b/i.test(head)) return finding('OAS0003', { title: titleOf(text) }, whole(uri))
  const root = /<(?![?!])([\w:.-]+)/.exec(head)?.[1] ?? 'unknown'
  return finding('OAS0004', { found: `<${root}>`, advice: adviseMarkup(root) }, whole(uri))
}

/** White space, comments and document marks alone. By hand, since a pattern that repeats alternatives needs a stack as long as the text. */
function isBlank(text: string): boolean {
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 35) at = endOfLine(text, at)
    else if (code <= 32) at += 1
    else if (text.startsWith('---', at) && !(text.charCodeAt(at + 3) > 32)) at += 3
    else return false
  }
  return true
}

function endOfLine(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  return feed === -1 ? text.length : feed
}

/** The errors of object stores are XML; descriptions in XML have other roots. */
function adviseMarkup(root: string): string {
  const refused = /^(?:error|errorresponse|fault)$/i.test(root)
  return refused ? 'a server refuses: check the address, and whether it wants credentials' : 'convert it to OpenAPI first'
}

function titleOf(text: string): string {
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(text.slice(0, 20_000))?.[1]?.trim()
  return title === undefined || title === '' ? '' : ` ("${shorten(title, 60)}")`
}

interface Kind {
  readonly found: string
  readonly advice: string
  readonly matches: (root: JsonObject) => boolean
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const within = (root: JsonObject, name: string): JsonObject => {
  const value = root[name]
  return isObject(value) ? value : {}
}

/** Descriptions of other kinds, by what is peculiar to each. Looked at only when there is no OpenAPI version. */
const KINDS: readonly Kind[] = [
  {
    found: 'a Postman collection',
    advice: 'convert it to OpenAPI (`npx postman-to-openapi collection.json openapi.yaml`), or let Postman export OpenAPI',
    matches: (root) => text(within(root, 'info')['schema']).includes('getpostman.com') || Object.hasOwn(within(root, 'info'), '_postman_id')
      || isObject(root['collection']),
  },
  {
    found: 'an Insomnia export',
    advice: 'export the design document of Insomnia as OpenAPI',
    matches: (root) => root['_type'] === 'export' || text(root['type']).includes('insomnia'),
  },
  {
    found: 'a HAR recording of requests',
    advice: 'a description is needed, not a recording',
    matches: (root) => isArray(within(root, 'log')['entries']),
  },
  {
    found: 'an AsyncAPI document',
    advice: 'AsyncAPI describes messages; resources need the REST API of the service',
    matches: (root) => Object.hasOwn(root, 'asyncapi'),
  },
  {
    found: 'an OpenAPI Overlay',
    advice: 'name the document itself here, and the overlay in `document.overlays`',
    matches: (root) => Object.hasOwn(root, 'overlay') && isArray(root['actions']),
  },
  {
    found: 'an Arazzo description of workflows',
    advice: 'name one of its `sourceDescriptions`',
    matches: (root) => Object.hasOwn(root, 'arazzo'),
  },
  {
    found: 'a Google API discovery document',
    advice: 'convert it to OpenAPI (`npx google-discovery-to-swagger`)',
    matches: (root) => text(root['kind']).startsWith('discovery#'),
  },
  {
    found: 'a description in Swagger 1.x',
    advice: 'convert it to a later version (`npx swagger-converter`)',
    matches: (root) => Object.hasOwn(root, 'swaggerVersion'),
  },
  {
    found: 'a GraphQL schema',
    advice: 'GraphQL has no resources with REST operations; look for a REST API of the service',
    matches: (root) => isObject(within(root, 'data')['__schema']) || Object.hasOwn(root, '__schema'),
  },
  {
    found: 'a Kubernetes object',
    advice: 'the OpenAPI document is usually inside of it, as a value under `data`: name that key',
    matches: (root) => Object.hasOwn(root, 'apiVersion') && Object.hasOwn(root, 'kind'),
  },
  {
    found: 'a RAML document',
    advice: 'convert it to OpenAPI',
    matches: (root) => !Object.hasOwn(root, 'paths') && Object.keys(root).filter((name) => name.startsWith('/')).length > 1,
  },
  {
    found: 'a JSON Schema',
    advice: 'an OpenAPI document has `openapi`, `info` and `paths`, and holds such schemas under `components.schemas`',
    matches: (root) => Object.hasOwn(root, '$schema') || (isObject(root['properties']) && Object.hasOwn(root, 'type')),
  },
  {
    found: 'an error answer of a server',
    advice: 'check the address, and whether the source wants credentials (`document.credentialsRef`)',
    matches: (root) => !Object.hasOwn(root, 'paths') && ['message', 'error', 'errors', 'detail'].some((name) => Object.hasOwn(root, name)),
  },
]

export function recognizeRoot(root: JsonObject): { readonly found: string; readonly advice: string } | undefined {
  return KINDS.find((kind) => kind.matches(root))
}
