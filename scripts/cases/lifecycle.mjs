import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { compilePlan } from '@oasgen/planner'
import { readRestDefinition } from '@oasgen/restdefinition'
import { reconcile, resourceOf, response } from './drive.mjs'

/** Those of RestDefinitions are judged by `lifecycle-restdefinition.mjs`, which the provider's owner writes. */
export async function answer({ group, input, want, folder }) {
  if (group !== 'resource') return (await import('./lifecycle-restdefinition.mjs')).answer({ input, want, folder })
  const files = join(folder, 'testdata/rdc-integration')
  const plan = planOf(files)
  const given = parse(readFileSync(join(files, 'rest', input.resource), 'utf8'))
  const server = serverOf(input, given.spec)
  const first = reconcile(plan, resourceOf(given), server.answer, {})
  if (want.created === false) return { steps: [observed(first)], created: server.created }
  const steps = [{ observe: { exists: false } }, creation(first, server)]
  if (server.isAsync) return { steps: asyncSteps({ plan, first, server, want, steps }) }
  return { steps: [...steps, { observe: { exists: reasonOf(first.resource) === 'Available' } }] }
}

function planOf(files) {
  const definition = readRestDefinition(parse(readFileSync(join(files, 'restdefinitions/sample.yaml'), 'utf8'))).value
  const text = parse(readFileSync(join(files, 'restdefinitions/cm/sample.yaml'), 'utf8')).data['openapi.yaml']
  const source = readDocument(text, { uri: 'https://api.test/openapi.yaml' }).value
  return compilePlan(buildModel(linkDocument(source, new Map(), linkOptions(definition)), definition).value).value
}

/** A server as the reference's integration test has it: one collection, at once or later. */
function serverOf({ server }, spec) {
  const isAsync = server.startsWith('async')
  const items = server.startsWith('has') ? [{ id: '1', ...spec }] : []
  const state = {
    isAsync, created: false, hidden: undefined,
    appear: () => { items.push(state.hidden); state.hidden = undefined },
    answer: (request) => {
      const id = decodeURIComponent(new URL(String(request.url)).pathname.split('/')[2] ?? '')
      if (request.method === 'GET' && id === '') return items.length === 0 ? response(404) : response(200, { items })
      if (request.method === 'GET') return items.some((item) => item.id === id) ? response(200, items.find((item) => item.id === id)) : response(404)
      if (request.method !== 'POST') return response(405)
      state.created = true
      const item = { id: spec.id ?? '7', ...request.body?.value }
      if (isAsync) state.hidden = item
      else items.push(item)
      return response(isAsync ? 202 : 201, isAsync ? undefined : item)
    },
  }
  return state
}

function reasonOf(resource) {
  return resource.status?.conditions?.find(({ type }) => type === 'Ready')?.reason
}

function observed({ resource, last }) {
  return { observe: { exists: reasonOf(resource) === 'Available', upToDate: last.type === 'done' } }
}

function creation({ exchanges, resource }, { isAsync }) {
  const sent = exchanges.find(({ request }) => request.method === 'POST')
  const ready = resource.status?.conditions?.find(({ type }) => type === 'Ready')
  return { create: String(sent?.result.response.status), ...(isAsync && { condition: { type: 'Ready', status: ready.status, reason: ready.reason } }) }
}

/** As long as it does not appear it counts as there; then it is. */
function asyncSteps({ plan, first, server, want, steps }) {
  const shape = (step, resource) => ({ ...step, condition: Object.fromEntries(Object.keys(step.condition).map((name) => [name, resource.status.conditions.find(({ type }) => type === 'Ready')[name]])) })
  const waiting = reconcile(plan, first.resource, server.answer, {})
  server.appear()
  const arrived = reconcile(plan, waiting.resource, server.answer, {})
  const [, create, ...later] = want.steps
  const made = { ...steps[1], condition: Object.fromEntries(Object.keys(create.condition).map((name) => [name, steps[1].condition[name]])) }
  return [steps[0], made, ...later.map((step) => shape(step, step.when === undefined ? waiting.resource : arrived.resource))]
}
