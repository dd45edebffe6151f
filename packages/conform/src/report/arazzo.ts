import { isObject, readJson, writePointer, type JsonObject, type JsonValue } from '@oasgen/json'
import { maskedValue } from '@oasgen/wire'
import type { Score, ScoredLife } from '../drive/conform.js'
import type { LedgerEntry } from '../server/ledger.js'

/** What was done, as Arazzo 1.0: one workflow a life, one step a request, ids taken from the answers that gave them. */
export function renderArazzo(scores: readonly Score[], document: string): JsonObject {
  return {
    arazzo: '1.0.1',
    info: { title: 'What oasgen conform did', version: '1' },
    sourceDescriptions: [{ name: 'api', url: document, type: 'openapi' }],
    workflows: scores.flatMap((score) => score.lives.map((life) => workflowOf(score, life))),
  }
}

function workflowOf({ kind }: Score, life: ScoredLife): JsonObject {
  const named = life.entries.filter(({ template }) => template !== undefined)
  const made: Made[] = []
  return {
    workflowId: `${kind}-${life.switch}`.replace(/[^A-Za-z0-9_-]/g, '-'),
    summary: `${kind} under ${life.switch}: ${life.result}`,
    steps: named.map((entry, index) => stepOf(entry, index, made)),
  }
}

/** A value that an answer gave, by the step that got it. */
interface Made {
  readonly text: string
  readonly expression: string
}

function stepOf(entry: LedgerEntry, index: number, made: Made[]): JsonObject {
  const { template = '', values = {}, method, action, body, answer, url } = entry
  const stepId = `${action ?? 'call'}-${index + 1}`
  const expressionFor = (text: string): string => made.find((one) => one.text === text)?.expression ?? text
  const parameters = [
    ...Object.entries(values).map(([name, text]) => ({ name, in: 'path', value: expressionFor(text) })),
    ...[...new URLSearchParams(url.split('?')[1] ?? '')].map(([name, value]) => ({ name, in: 'query', value })),
  ]
  const outputs = entry.effect === 'created' ? idsIn(answer) : []
  made.push(...outputs.map(({ name, text }) => ({ text, expression: `$steps.${stepId}.outputs.${name}` })))
  const description = [entry.switch, entry.effect === 'none' ? undefined : entry.effect].filter((word) => word !== undefined).join(', ')
  return {
    stepId, operationPath: `{$sourceDescriptions.api.url}#/paths${writePointer([template])}/${method.toLowerCase()}`,
    ...(description !== '' && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { contentType: entry.headers['content-type'] ?? 'application/json', payload: maskedValue(body) } }),
    ...(answer.type === 'response' && { successCriteria: [{ condition: `$statusCode == ${answer.status}` }] }),
    ...(outputs.length > 0 && { outputs: Object.fromEntries(outputs.map(({ name, pointer }) => [name, `$response.body#${pointer}`])) }),
  }
}

interface Output {
  readonly name: string
  readonly pointer: string
  readonly text: string
}

/** Scalars near the top of the answer: what later paths may be made of. */
function idsIn(answer: LedgerEntry['answer']): readonly Output[] {
  const read = answer.type === 'response' && answer.body !== '' ? readJson(answer.body) : undefined
  return read?.ok === true ? scalars(read.value, []) : []
}

function scalars(value: JsonValue, path: readonly string[]): readonly Output[] {
  if (isObject(value)) return path.length > 2 ? [] : Object.entries(value).flatMap(([name, child]) => scalars(child, [...path, name]))
  const isText = (typeof value === 'string' && value !== '') || typeof value === 'number'
  return isText && /id$|name$|key$|slug$/i.test(path.at(-1) ?? '') ? [{ name: path.join('_').replace(/[^A-Za-z0-9_-]/g, '_'), pointer: writePointer(path), text: String(value) }] : []
}
