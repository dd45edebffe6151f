import { writeJson } from '@oasgen/json'
import { maskedText, maskedUrl, type HttpBody, type HttpRequest } from '@oasgen/wire'

/** A request as people read it: method and URL, headers, body. Secrets are masked; credentials are not in it. */
export function describeRequest(request: HttpRequest): string {
  const headers = request.headers.map(({ name, value }) => `${name}: ${maskedText(value)}`)
  const body = request.body === undefined ? [] : [bodyText(request.body)]
  return [`${request.method} ${maskedUrl(request.url)}`, ...headers, ...body].join('\n')
}

function bodyText(body: HttpBody): string {
  switch (body.type) {
    case 'json': return writeJson(body.value, { indent: 2 })
    case 'form': return body.fields.map(({ name, value }) => `${name}=${maskedText(value)}`).join('&')
    case 'multipart': return body.parts.map(({ name, value }) => `--- ${name}\n${partText(value)}`).join('\n')
    case 'text': return maskedText(body.text)
    case 'bytes': return `(${Math.floor((body.base64.length * 3) / 4)} bytes)`
  }
}

type Part = Extract<HttpBody, { type: 'multipart' }>['parts'][number]['value']

function partText(value: Part): string {
  if (typeof value === 'string') return value
  if ('json' in value) return writeJson(value.json, { indent: 2 })
  return 'base64' in value ? `(${Math.floor((value.base64.length * 3) / 4)} bytes)` : maskedText(value)
}
