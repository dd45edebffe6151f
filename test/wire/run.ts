import { randomBytes } from 'node:crypto'
import { request } from 'node:https'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireStep, WireSuite } from './wire-case.js'

/** Any Kubernetes API server. */
export interface WireServer {
  readonly url: string
  readonly token: string
  /** PEM. */
  readonly ca: string
}

export interface WireAnswer {
  readonly step: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const PATIENCE_MS = 20_000

/** Sends the steps in order; answers are comparable between servers and runs. */
export async function runSuite(server: WireServer, suite: WireSuite): Promise<readonly WireAnswer[]> {
  const id = `w${randomBytes(4).toString('hex')}`
  const names = new Map([['$NS', id], ['$G', `${id}.wire.example`]])
  const answers: WireAnswer[] = []
  for (const step of suite.steps) {
    const raw = await sendUntil(server, step, names)
    for (const [name, path] of Object.entries(step.options.capture ?? {})) names.set(`$${name}`, at(raw.body, path))
    answers.push(comparable(step, raw, names))
  }
  await send(server, { name: '', method: 'DELETE', path: '/api/v1/namespaces/$NS', options: {} }, names)
  return answers
}

async function sendUntil(server: WireServer, step: WireStep, names: ReadonlyMap<string, string>): Promise<Raw> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await send(server, step, names)
    if (!step.options.until || step.options.until(answer) || Date.now() > end) return answer
    await sleep(50)
  }
}

interface Raw {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

function send(server: WireServer, step: WireStep, names: ReadonlyMap<string, string>): Promise<Raw> {
  const fill = (text: string): string => [...names].sort(([a], [b]) => b.length - a.length).reduce((done, [name, value]) => done.replaceAll(name, value), text)
  const { options } = step
  const body = options.body === undefined ? undefined : fill(typeof options.body === 'string' ? options.body : JSON.stringify(options.body))
  const url = new URL(server.url + fill(step.path))
  const headers = {
    authorization: `Bearer ${server.token}`, accept: options.accept ?? 'application/json', 'user-agent': 'wire/1',
    ...(body !== undefined && { 'content-type': options.type ?? 'application/json', 'content-length': Buffer.byteLength(body) }), ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const asked = request({ agent: false, host: url.hostname, port: url.port, path: url.pathname + url.search, method: step.method, ca: server.ca, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: readBody(Buffer.concat(chunks).toString('utf8'), url.search) }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

function readBody(text: string, search: string): unknown {
  try {
    if (/[?&]watch=/.test(search) && text.startsWith('{"type"')) return text.trim().split('\n').map((line) => JSON.parse(line) as unknown)
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function at(value: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

function comparable(step: WireStep, raw: Raw, names: ReadonlyMap<string, string>): WireAnswer {
  // Numbers are revisions, which are named as such.
  const back = (text: string): string => [...names].filter(([, value]) => value.length > 4 && !/^\d+$/.test(value)).reduce((done, [name, value]) => done.replaceAll(value, name), text)
  const header = (name: string): string | undefined => (raw.headers[name] === undefined ? undefined : back(String(raw.headers[name])))
  const headers = Object.fromEntries(['content-type', 'warning'].flatMap((name) => (header(name) === undefined ? [] : [[name, header(name) as string]])))
  if (step.options.compare === 'nothing') return { step: step.name, status: 0, headers: {}, body: null }
  if (step.options.compare === 'status') return { step: step.name, status: raw.status, headers: {}, body: null }
  return { step: step.name, status: raw.status, headers, body: normal(raw.body, back) }
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

/** What differs between any two runs is named instead of shown; lists whose order is left to chance are sorted. */
function normal(value: unknown, back: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return normalText(back(value), key)
  if (Array.isArray(value)) {
    const list = value.filter((part) => !isFurniture(part)).map((part) => normal(part, back))
    return key === 'causes' || key === 'managedFields' ? list.sort((a, b) => (stable(a) < stable(b) ? -1 : 1)) : list
  }
  if (typeof value !== 'object' || value === null) return value
  const sorted = Object.fromEntries(Object.keys(value).sort().map((name) => [name, normal((value as Record<string, unknown>)[name], back, name)]))
  return sorted.causes !== undefined || (sorted as { details?: { causes?: unknown } }).details?.causes !== undefined ? sortMessage(sorted) : sorted
}

/** What a controller puts into every namespace: not there where no controllers run. */
function isFurniture(part: unknown): boolean {
  const one = part as { metadata?: { name?: string }; object?: { metadata?: { name?: string } }; cells?: readonly unknown[] } | null
  const name = one?.metadata?.name ?? one?.object?.metadata?.name
  return name === 'kube-root-ca.crt' || name === 'default' && one?.cells !== undefined
}

function normalText(text: string, key: string): string {
  if (key === 'resourceVersion' && /^\d+$/.test(text) || key === 'continue' && text !== '') return text === '0' ? text : `<${key}>`
  if (key === 'storageVersionHash' || key === 'description') return `<${key}>`
  return text.replace(/^\d+s$/, '<age>').replace(/\b(B_)[a-z0-9]{5}\b/g, '$1<suffix>').replace(UID, '<uid>').replace(TIME, '<time>')
    // Words for broken JSON and YAML belong to the parser: listed in docs/embedded-control-plane.md.
    .replace(/json parse error: (?!json: cannot).*$/s, 'json parse error: <words>').replace(/(error decoding (?:patch|YAML)): (?!json: cannot).*$/s, '$1: <words>')
    .replace(/continue key is not valid: .*$/, 'continue key is not valid: <words>')
    .replace(/\(\d+\)/g, '(<n>)').replace(/resource version: (\d+)(, current: )\d+/, 'resource version: $1$2<n>').replace(/\\"resourceVersion\\":\\"\d+\\"/g, '\\"resourceVersion\\":\\"<n>\\"')
}

/** Many faults come in an order left to chance: their sentence is made anew from the sorted causes. */
function sortMessage(status: Record<string, unknown>): Record<string, unknown> {
  const causes = (status.details as { causes?: readonly { field?: string; message?: string }[] } | undefined)?.causes ?? []
  const message = status.message
  if (typeof message !== 'string' || causes.length < 2) return status
  const head = /^(.*? is invalid: |Apply failed with \d+ conflicts: )/s.exec(message)?.[1]
  return head === undefined ? status : { ...status, message: `${head}<causes>` }
}

const stable = (value: unknown): string => JSON.stringify(value)

const file = (suite: WireSuite): string => fileURLToPath(new URL(`expected/${suite.name}.json`, import.meta.url))

/** What a real kube-apiserver answered. */
export function readExpected(suite: WireSuite): readonly WireAnswer[] {
  return JSON.parse(readFileSync(file(suite), 'utf8')) as readonly WireAnswer[]
}

/** Records anew; only a real kube-apiserver is worth it. */
export function writeExpected(suite: WireSuite, answers: readonly WireAnswer[]): void {
  writeFileSync(file(suite), `[\n${answers.map((answer) => JSON.stringify(answer)).join(',\n')}\n]\n`)
}

/** The answers that are not as expected, side by side. */
export function difference(answers: readonly WireAnswer[], expected: readonly WireAnswer[]): { readonly got: readonly WireAnswer[]; readonly wanted: readonly (WireAnswer | undefined)[] } {
  const byStep = new Map(expected.map((answer) => [answer.step, answer]))
  const got = answers.filter((answer) => stable(answer) !== stable(byStep.get(answer.step)))
  return { got, wanted: got.map((answer) => byStep.get(answer.step)) }
}
