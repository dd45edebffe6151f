import { setTimeout as sleep } from 'node:timers/promises'
import { authenticationOf, isWrite, readSwitches, startServer, statusSample, kindOf, type ConformServer, type Verb } from '@oasgen/conform'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { resourceVersionOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION, CONDITION, conditionOf } from '@oasgen/wire'
import { conditionsIn, must, until, type Stage, type StagedKind } from './stage.js'

/** A row of `specs/conform/table.json`. */
export interface Cell {
  readonly switch: string
  readonly verb: Verb
  readonly kind: string
  readonly told?: string
  readonly end: 'converged' | 'stop' | 'told'
  readonly rules: string
  readonly why: string
}

export interface CellRun {
  readonly end: string
  readonly told: readonly string[]
  /** What must not be in any row. */
  readonly violations: readonly string[]
  readonly ledger: readonly string[]
}

interface Play {
  readonly stage: Stage
  readonly cell: Cell
  readonly name: string
  readonly kind: StagedKind
  readonly server: ConformServer
  readonly violations: string[]
}

/** One resource through its life against a server of its own. */
export async function playCell(stage: Stage, cell: Cell, index: number): Promise<CellRun> {
  const kind = stage.kinds.get(cell.kind)
  const switches = readSwitches(cell.switch)
  if (kind === undefined || switches === undefined) throw new Error(`no such row: ${cell.switch} ${cell.kind}`)
  const { plan } = kind.subject
  const server = await startServer({ plan, switches, verbs: [cell.verb], seed: index + 1, serverFields: { state: textOf(statusSample(kindOf(kind.subject.resourceCrd)).state ?? 'here') } })
  const play: Play = { stage, cell, kind, server, name: `cell-${index}`, violations: [] }
  const end = await story(play).catch((error: unknown) => (error instanceof Error ? error.message : 'failed'))
  check(play)
  await server.close()
  return { end, told: [...stage.told(cell.kind, play.name)], violations: play.violations, ledger: linesOf(server) }
}

async function story(play: Play): Promise<string> {
  await apply(play)
  if (play.cell.end !== 'converged') return stopped(play)
  await ready(play, 'created')
  await quiet(play)
  if (isShown(play)) await drift(play)
  await edit(play, { color: 'blue' })
  await edit(play, { name: `${play.name}-renamed` })
  await remove(play)
  return 'converged'
}

// A hanging request is waited for; any other one must not look as if it hung on a busy machine.
const HANG_SECONDS = 2
const CALM_SECONDS = 20

async function apply({ stage, cell, kind, server, name }: Play): Promise<void> {
  const { kube } = stage
  const metadata = { name, namespace: 'default' }
  await must(kube.create(kind.configurations, { metadata, spec: { baseURL: server.url, timeoutSeconds: cell.switch.includes('hang') ? HANG_SECONDS : CALM_SECONDS, authentication: authenticationOf(kind.subject.plan, server.url) } }))
  const note = kind.type.kind === 'Secretive' ? { note: 'keep' } : {}
  const spec = { configurationRef: { name }, name, color: 'red', size: 3, tags: ['zebra', 'ant', 'mole'], config: { mode: 'fast', level: 2 }, ...note }
  await must(kube.create(kind.type, { metadata, spec }))
}

const PATIENCE_MS = 100_000

async function ready({ stage, cell, name, server }: Play, what: string): Promise<void> {
  await until(`${what}: ${name} is Ready`, () => isSettled(stage.now(cell.kind, name)), PATIENCE_MS)
  if (server.objects().length !== 1) throw new Error(`${what}: Ready with ${server.objects().length} objects`)
}

function isSettled(object: KubeObject | undefined): boolean {
  const status = isObject(object?.status) ? object.status : {}
  const conditions = conditionsIn(object)
  const isGeneration = status.observedGeneration === (object?.metadata as JsonObject | undefined)?.generation
  return isGeneration && conditionOf(conditions, CONDITION.ready)?.status === 'True' && conditionOf(conditions, CONDITION.synced)?.status === 'True'
}

const QUIET_MS = 2_200

/** Two intervals without a fault, in which nothing is written on either side. */
async function quiet({ stage, cell, name, server, violations }: Play): Promise<void> {
  let written = 0
  for (let round = 0; round < 8; round++) {
    await until('it is settled', () => isSettled(stage.now(cell.kind, name)), PATIENCE_MS)
    const [from, version] = [server.ledger.length, versionOf(stage, cell, name)]
    await sleep(QUIET_MS)
    const since = server.ledger.slice(from)
    if (since.length === 0 || since.some((entry) => entry.switch !== undefined)) continue
    const writes = since.filter(isWrite)
    if (writes.length > 0) violations.push(`wrote ${writes.map(({ method, url }) => `${method} ${url}`).join(', ')} while nothing changed`)
    if (writes.length > 0 || versionOf(stage, cell, name) === version) return
    // The end of a fault is told in one write, which a busy machine brings late; a second one has no reason.
    written++
    if (written > 1) return void violations.push('wrote to Kubernetes while nothing changed')
  }
  violations.push('was never quiet')
}

function versionOf(stage: Stage, cell: Cell, name: string): string {
  const object = stage.now(cell.kind, name)
  return object === undefined ? '' : resourceVersionOf(object)
}

/** Undeclared, the field cannot be seen, so nobody can see that it was changed. */
function isShown({ cell }: Play): boolean {
  return !cell.switch.includes('dropped') && !(cell.switch.includes('renamed') && cell.kind === 'Plain')
}

async function drift(play: Play): Promise<void> {
  const { server } = play
  server.meddle((fields) => ({ ...fields, color: 'green' }))
  await until('the drift is put right', () => server.objects().some(({ fields }) => fields['color'] === 'red'), PATIENCE_MS)
  await ready(play, 'drift put right')
}

async function edit(play: Play, spec: JsonObject): Promise<void> {
  const { stage, kind, server, name } = play
  await must(stage.kube.patch(kind.type, { namespace: 'default', name }, { type: 'merge', body: { spec } }))
  const [[field, value]] = Object.entries(spec) as [[string, unknown]]
  await until(`the new ${field} is there`, () => server.objects().some(({ fields }) => fields[field] === value), PATIENCE_MS)
  await until('the edit is noted', () => isSettled(stage.now(play.cell.kind, name)), PATIENCE_MS)
}

async function remove({ stage, cell, kind, server, name, violations }: Play): Promise<void> {
  await must(stage.kube.delete(kind.type, { namespace: 'default', name }))
  await until('the resource is gone', () => stage.now(cell.kind, name) === undefined, PATIENCE_MS)
  if (server.objects().length > 0) violations.push(`the resource is gone and ${server.objects().length} objects are left`)
}

/** A person is asked, nothing more is sent; the answer of that person is taken, and everything ends well. */
async function stopped(play: Play): Promise<string> {
  const { stage, cell, name, kind, server, violations } = play
  await until('it is told', () => conditionOf(conditionsIn(stage.now(cell.kind, name)), CONDITION.stalled)?.status === 'True', PATIENCE_MS)
  const writes = server.ledger.filter(isWrite).length
  await sleep(QUIET_MS)
  if (cell.end === 'stop') {
    if (server.ledger.filter(isWrite).length > writes) violations.push('sent something although it asks a person')
    const [object] = server.objects()
    const answer = object === undefined ? 'none' : `created=${object.places.get('status.id') ?? ''}`
    await must(stage.kube.patch(kind.type, { namespace: 'default', name }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.externalCreateResolved]: answer } } } }))
    for (let round = 0; round < 3 && !isSettled(stage.now(cell.kind, name)); round++) await until('it is Ready or asks again', () => isSettled(stage.now(cell.kind, name)) || askAgain(play), PATIENCE_MS)
  }
  await remove(play)
  return cell.end
}

/** The fault may come twice: the person answers again. */
function askAgain({ stage, cell, name, kind, server }: Play): boolean {
  const object = stage.now(cell.kind, name)
  const isAsking = conditionOf(conditionsIn(object), CONDITION.stalled)?.status === 'True' && !JSON.stringify(object?.metadata).includes(ANNOTATION.externalCreateResolved)
  if (!isAsking) return false
  const [made] = server.objects()
  const answer = made === undefined ? 'none' : `created=${made.places.get('status.id') ?? ''}`
  void stage.kube.patch(kind.type, { namespace: 'default', name }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.externalCreateResolved]: answer } } } })
  return true
}

function check({ server, cell, violations }: Play): void {
  if (server.duplicates() > 0 || (cell.end === 'converged' && server.made() > 1)) violations.push(`${server.made()} objects were made`)
  const strays = server.ledger.filter(({ action }) => action === undefined)
  if (strays.length > 0) violations.push(`asked for what the definition does not name: ${strays[0]?.method} ${strays[0]?.url}`)
  violations.push(...unpaced(server))
}

/** Requests that came before the time that a 429 named. */
function unpaced({ ledger }: ConformServer): readonly string[] {
  return ledger.flatMap((entry, index) => {
    if (entry.answer.type !== 'response' || entry.answer.status !== 429) return []
    const early = ledger.slice(index + 1).find(({ at }) => at < entry.at + 900)
    return early === undefined ? [] : [`asked again ${early.at - entry.at} ms after a 429 that wanted a second`]
  })
}

function linesOf({ ledger }: ConformServer): readonly string[] {
  return ledger.map(({ at, method, url, body, answer, effect, switch: fault }) =>
    `${at - (ledger[0]?.at ?? 0)} ${method} ${url} ${body === undefined ? '' : JSON.stringify(body)} → ${fault === undefined ? '' : `(${fault}) `}${answer.type === 'response' ? `${answer.status} ${answer.body.slice(0, 160)}` : answer.how} ${effect}`)
}
