import type { ResourceModel } from '@oasgen/model'
import type { Operation, Server, ServerVariable } from '@oasgen/openapi'
import type { ServerPlan } from '@oasgen/plan'
import { allOperations } from './calls.js'

/** The servers of all calls, the document's own first: a Configuration's `baseURL` stands for that one. */
export interface ServerTable {
  readonly plans: readonly ServerPlan[]
  /** Number of the server that an operation is sent to. */
  readonly indexOf: (operation: Operation) => number
}

export function serverTable(model: ResourceModel): ServerTable {
  const used = allOperations(model).flatMap(({ servers }) => servers[0] ?? [])
  const ordered = [...used.filter(isGeneral), ...used.filter((server) => !isGeneral(server))]
  const plans = new Map(ordered.map((server) => [keyOf(server), serverPlan(server)]))
  const keys = [...plans.keys()]
  return {
    plans: plans.size === 0 ? [{ url: '' }] : [...plans.values()],
    indexOf: ({ servers }) => Math.max(0, servers[0] === undefined ? 0 : keys.indexOf(keyOf(servers[0]))),
  }
}

/** Not one that an operation or a path item declares for itself. */
function isGeneral({ place }: Server): boolean {
  return !place.pointer.startsWith('/paths/')
}

function keyOf(server: Server): string {
  return JSON.stringify(serverPlan(server))
}

function serverPlan(server: Server): ServerPlan {
  const variables = server.variables.filter(({ name }) => server.template.includes(`{${name}}`))
  const url = variables.length === 0 ? undefined : templateUrl(server)
  if (url === undefined) return { url: server.url + queryOf(server) }
  return {
    url,
    variables: Object.fromEntries(variables.map((variable) => [variable.name, variablePlan(variable)])),
  }
}

function variablePlan(variable: ServerVariable): NonNullable<ServerPlan['variables']>[string] {
  return { default: presetOf(variable), ...(variable.enum.length > 0 && { enum: variable.enum }) }
}

function presetOf({ default: preset, enum: values }: ServerVariable): string {
  return preset ?? values[0] ?? ''
}

/** Some gateways want a key or a signature with every address. */
function queryOf({ url, template }: Server): string {
  const query = /\?[^#]*/.exec(template)?.[0] ?? ''
  return url.includes('?') ? '' : query
}

/** The template with its variables left open; one that is relative is put behind what it was resolved against. */
function templateUrl({ url, template, variables }: Server): string | undefined {
  const written = template.trim().replace(/\/+$/, '')
  if (/^[a-z][a-z\d+.-]*:\/\/|^\{[^}]+\}:\/\//i.test(written)) return written
  const filled = variables.reduce((text, variable) => text.replaceAll(`{${variable.name}}`, presetOf(variable)), written)
  const end = filled.replace(/^\.?\/*/, '/')
  return url.endsWith(end) ? url.slice(0, url.length - end.length) + written.replace(/^\.?\/*/, '/') : undefined
}
