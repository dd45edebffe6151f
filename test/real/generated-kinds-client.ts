import { request } from 'node:https'
import type { JsonObject } from '@oasgen/json'
import type { RealApiServer } from '@oasgen/testkit'

/** What the server answers: the object, or the Status that says what is wrong. */
export interface Answered {
  readonly status: number
  readonly body: JsonObject
}

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** One request as an administrator, without any client of ours in between. */
export async function send(server: RealApiServer, method: string, path: string, body?: JsonObject): Promise<Answered> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, ca: server.ca, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => {
        const isJson = String(response.headers['content-type']).includes('json')
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) as JsonObject : { message: text } })
      })
    })
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Each cause as the offline judge prints a violation; the whole message where the server gives no causes. */
export function faultsOf({ status, body }: Answered): readonly string[] {
  if (status < 300) return []
  const { causes } = (body['details'] ?? {}) as { readonly causes?: readonly { readonly field?: string; readonly message: string }[] }
  return causes === undefined ? [`${status} ${messageOf(body)}`] : causes.map(({ field, message }) => `${field}: ${message}`).sort()
}

function messageOf({ message }: JsonObject): string {
  return typeof message === 'string' ? message : ''
}

/** Asks again until the answer is as wished, at most for ten seconds. */
export async function until<T>(ask: () => Promise<T>, isWished: (answer: T) => boolean): Promise<T> {
  for (let left = 200; ; left -= 1) {
    const answer = await ask()
    if (isWished(answer) || left === 0) return answer
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
