import { writeJson, type JsonValue } from '@oasgen/json'
import { duration, maskedExchange, maskedText, type Exchange, type HttpBody, type ResponseBody } from '@oasgen/wire'

/** One exchange as it crossed the wire, secrets masked: what `krateo.io/connector-verbose: "true"` prints. */
export function printVerbose(key: string, exchange: Exchange, bodies: 'compact' | 'pretty'): string {
  const { purpose, request, result, tookMs } = maskedExchange(exchange)
  const print = (value: JsonValue): string => writeJson(value, bodies === 'pretty' ? { indent: 2 } : {})
  const sent = [
    `--- ${key}: ${purpose.action} (${purpose.why})`,
    `> ${request.method} ${maskedText(request.url)}`,
    ...request.headers.map(({ name, value }) => `> ${name}: ${maskedText(value)}`),
    ...bodyLines('> ', requestBody(request.body, print)),
  ]
  return `${[...sent, ...answerLines(result, tookMs, print)].join('\n')}\n`
}

type Print = (value: JsonValue) => string

function answerLines(result: Exchange['result'], tookMs: number, print: Print): readonly string[] {
  if (result.type === 'failure') return [`< no answer after ${duration(tookMs)}: ${result.failure.message} (${result.failure.code})`]
  const { status, headers, body } = result.response
  return [`< ${status} after ${duration(tookMs)}`, ...Object.entries(headers).map(([name, value]) => `< ${name}: ${value}`), ...bodyLines('< ', responseBody(body, print))]
}

function bodyLines(mark: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : [mark.trimEnd(), ...bounded(text).split('\n').map((line) => `${mark}${line}`)]
}

const LONGEST = 64 * 1024

function bounded(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`
}

function requestBody(body: HttpBody | undefined, print: Print): string | undefined {
  switch (body?.type) {
    case undefined: return undefined
    case 'json': return print(body.value)
    case 'text': return maskedText(body.text)
    case 'form': return body.fields.map(({ name, value }) => `${name}=${maskedText(value)}`).join('&')
    case 'multipart': return body.parts.map(({ name, filename }) => `part ${name}${filename === undefined ? '' : ` (${filename})`}`).join('\n')
    case 'bytes': return `(${Math.floor(body.base64.length * 0.75)} bytes)`
  }
}

function responseBody(body: ResponseBody, print: Print): string | undefined {
  switch (body.type) {
    case 'empty': return undefined
    case 'json': return print(body.value)
    case 'text': return body.text
    case 'unreadable': return `(${body.bytes} bytes of ${body.contentType}: ${body.problem})`
  }
}
