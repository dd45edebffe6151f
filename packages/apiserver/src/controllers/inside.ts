import { writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { isObject } from '@oasgen/json'
import type { Kernel } from '../kernel.js'
import type { User } from '../request.js'

/** The API as our own controllers use it: the same rules as for everybody, without the network. */
export interface Inside {
  readonly now: () => number
  request(method: string, path: string, body?: JsonValue, contentType?: string): Promise<InsideReply>
}

export interface InsideReply {
  readonly status: number
  readonly object: JsonObject
}

export function insideClient(kernel: Kernel, name: string, now: () => number): Inside {
  const user: User = { name: `system:${name}`, groups: ['system:masters', 'system:authenticated'] }
  return {
    now,
    request: async (method, path, body, contentType = 'application/json') => {
      const [plain = '', search = ''] = path.split('?')
      const query = new Map([...new URLSearchParams(search)].map(([key, value]) => [key, [value]]))
      const headers = { 'content-type': contentType, 'user-agent': name, accept: 'application/json' }
      const bytes = body === undefined ? new Uint8Array() : Buffer.from(writeJson(body))
      const reply = await kernel.handleInside({ method, path: plain, query, headers, body: bytes, user, at: now() })
      const object = reply.type === 'object' && isObject(reply.body) ? reply.body : {}
      return { status: reply.type === 'watch' ? 200 : reply.status, object }
    },
  }
}

export const mergePatchType = 'application/merge-patch+json'

/** The URL of an object. */
export function pathOf(group: string, version: string, resource: string, namespace: string, name = ''): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const place = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${place}/${resource}${name === '' ? '' : `/${encodeURIComponent(name)}`}`
}
