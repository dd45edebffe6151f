import type { JsonObject, JsonValue } from '@oasgen/json'
import type { ActionPlan, Plan, ValueSource } from '@oasgen/plan'
import { compileText, type Compiled } from './compiled.testing.js'

export interface Sketch {
  /** `paths` of the document. */
  readonly paths: JsonObject
  /** Other members of the document. */
  readonly document?: JsonObject
  /** `verbsDescription`; `get /things/{id}` is short for an entry with these two. */
  readonly verbs: readonly (string | JsonObject)[]
  /** Other members of `resource`. */
  readonly resource?: JsonObject
  readonly spec?: JsonObject
  readonly uri?: string
}

/** A document and a definition with only what a test is about. */
export function sketch({ paths, document = {}, verbs, resource = {}, spec = {}, uri = 'http://docs.example/api/openapi.json' }: Sketch): Compiled {
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'x', version: '1' }, servers: [{ url: 'https://api.example' }], ...document, paths })
  const definition = {
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'thing', namespace: 'default' },
    spec: { oasPath: uri, resourceGroup: 'things.example', ...spec, resource: { kind: 'Thing', schema: 'strict', ...resource, verbsDescription: verbs.map(verbOf) } },
  }
  return compileText({ document: text, uri, definition })
}

/** `create POST /things` */
function verbOf(verb: string | JsonObject): JsonValue {
  if (typeof verb !== 'string') return verb
  const [action = '', method = '', path = ''] = verb.split(' ')
  return { action, method, path }
}

export const STRING = { type: 'string' }

export function parameter(name: string, place: string, more: JsonObject = {}): JsonObject {
  return { name, in: place, schema: STRING, ...(place === 'path' && { required: true }), ...more }
}

export function object(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...more }
}

export function body(schema: JsonObject, more: JsonObject = {}, media = 'application/json'): JsonObject {
  return { requestBody: { ...more, content: { [media]: { schema } } } }
}

export function answers(schema: JsonObject, code = '200', more: JsonObject = {}): JsonObject {
  return { responses: { [code]: { description: 'ok', content: { 'application/json': { schema } }, ...more } } }
}

export const DONE = { responses: { '204': { description: 'done' } } }

export function actionOf(plan: Plan, action: keyof Plan['actions']): ActionPlan {
  const found = plan.actions[action]
  if (found === undefined) throw new Error(`there is no ${action}`)
  return found
}

/** `path id`, and what fills it: `resource spec.id`. */
export function sourcesIn(plan: Plan, action: keyof Plan['actions']): Readonly<Record<string, readonly string[]>> {
  const { call } = actionOf(plan, action)
  const parameters = (call?.parameters ?? []).map(({ in: place, name, sources }) => [`${place} ${name}`, sources.map(sourceText)] as const)
  const fields = (call?.body?.fields ?? []).map(({ path, sources }) => [`body ${path}`, sources.map(sourceText)] as const)
  return Object.fromEntries([...parameters, ...fields])
}

export function sourceText(source: ValueSource): string {
  switch (source.from) {
    case 'resource': return source.path + (source.alias === undefined ? '' : ' by alias')
    case 'configuration': return `configuration ${source.path}`
    case 'constant': return `constant ${JSON.stringify(source.value)}`
    case 'cel': return `cel ${source.program}`
    case 'secretRef': return `secret ${source.name}/${source.key}`
    case 'secretField': return `secret ${source.path} as ${source.form}`
    case 'identity': return `identity ${source.path}`
    case 'reference': return `reference ${source.path}`
    case 'mark': return `mark ${source.form}`
  }
}
