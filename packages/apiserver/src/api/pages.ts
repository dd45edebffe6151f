import { methodNotAllowed, type Failure } from '../failure.js'
import type { ApiRequest, Reply } from '../request.js'
import type { Plane } from './plane.js'

/** The Kubernetes version whose behaviour this server has. */
export const VERSION = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+oasgen', gitCommit: '', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z',
  goVersion: '', compiler: 'node', platform: 'any',
} as const

const HEALTH: ReadonlySet<string> = new Set(['healthz', 'livez', 'readyz'])

/** Pages outside the resource tree. */
export function answerBuiltInPage(request: ApiRequest, plane: Plane, segments: readonly string[]): Reply | Failure | undefined {
  const [first = '', ...rest] = segments
  const known = first === '' || first === 'version' || HEALTH.has(first) || first === 'openapi' || first === '.well-known'
  if (!known) return undefined
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed()
  if (first === '' && rest.length === 0) return object({ paths: paths(plane) })
  if (first === 'version' && rest.length === 0) return object({ ...VERSION })
  if (HEALTH.has(first)) return health(request, first, rest)
  return first === 'openapi' ? openapi(request, plane, rest) : undefined
}

const object = (body: Extract<Reply, { type: 'object' }>['body']): Reply => ({ type: 'object', status: 200, body, contentType: 'application/json' })

function paths(plane: Plane): readonly string[] {
  const groups = [...new Set(plane.registry.types.filter((type) => type.group !== '').flatMap((type) => [
    `/apis/${type.group}`, ...type.versions.map((version) => `/apis/${type.group}/${version.name}`),
  ]))]
  return ['/api', '/api/v1', '/apis', ...groups, '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'].sort()
}

function health(request: ApiRequest, name: string, rest: readonly string[]): Reply {
  const verbose = request.query.has('verbose')
  const checks = name === 'healthz' ? ['ping', 'log', 'store'] : ['ping', 'log', 'store', 'controllers']
  if (rest.length > 0 && !checks.includes(rest[0] ?? '')) return page(404, '404 page not found\n')
  return page(200, verbose ? `${checks.map((check) => `[+]${check} ok\n`).join('')}${name} check passed\n` : 'ok')
}

function page(status: number, text: string): Reply {
  return { type: 'text', status, contentType: 'text/plain; charset=utf-8', text, headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache, private' } }
}

/** OpenAPI v2 is left out: in any form but protobuf it breaks kubectl, and kubectl does well without it. */
function openapi(request: ApiRequest, plane: Plane, rest: readonly string[]): Reply | undefined {
  if (rest[0] !== 'v3') return undefined
  if (rest.length === 1) return { type: 'text', status: 200, contentType: 'application/json', text: plane.documents.openapiIndex() }
  const document = plane.documents.openapi(rest.slice(1).join('/'))
  if (!document) return undefined
  const asked = request.query.get('hash')?.[0]
  const headers = {
    etag: `"${document.etag}"`, vary: 'Accept',
    'cache-control': asked === document.etag ? 'public, immutable' : 'no-cache, private',
    ...(asked === document.etag && { expires: new Date(request.at + 365 * 86_400_000).toUTCString() }),
  }
  if (request.headers['if-none-match']?.includes(document.etag)) return { type: 'text', status: 304, contentType: 'application/json', text: '', headers }
  if (asked !== undefined && asked !== document.etag) {
    return { type: 'text', status: 301, contentType: 'text/html; charset=utf-8', text: '', headers: { location: `/openapi/v3/${rest.slice(1).join('/')}?hash=${document.etag}` } }
  }
  return { type: 'text', status: 200, contentType: 'application/json', text: document.text, headers }
}
