import { setTimeout as sleep } from 'node:timers/promises'
import { isWrite, random, startServer, type ConformServer, type Random } from '@oasgen/conform'
import { isObject, type JsonObject } from '@oasgen/json'
import { nameOf, type KubeObject } from '@oasgen/kube'
import { conformSeed } from './fault-seed.js'
import { must, thing, thingPlan, THINGS, until } from '../integration/rest-controller/lab.js'
import { openProgramLab, type Program, type ProgramLab } from '../integration/rest-controller/program-lab.js'

export interface KillReport {
  readonly kills: number
  /** Kills that came while something was being written outside or had just been. */
  readonly duringWrites: number
  readonly resources: number
  readonly creates: number
  readonly updates: number
  readonly deletes: number
  readonly duplicates: number
  /** Objects without a resource. */
  readonly orphans: readonly string[]
  /** Objects that are not as their resource wants them, or not there. */
  readonly lost: readonly string[]
  readonly stuck: readonly string[]
  readonly longestRecoveryMs: number
}

/** The controller as a process, an API whose reads lag, people who change their minds, and kill -9 at random moments. */
export async function killAtRandom(kills: number, seed = conformSeed()): Promise<KillReport> {
  const dice = random(seed)
  const lab = await openProgramLab('embedded')
  const server = await startServer({ plan: thingPlan('http://127.0.0.1:1'), switches: ['eventual'], seed, lagMs: 300, credentials: 'ignore' })
  try {
    await lab.grant()
    await lab.putPlan(thingPlan(server.url))
    return await storm({ lab, server, dice, wanted: new Map(), made: 0 }, kills)
  } finally {
    await lab.close()
    await server.close()
  }
}

interface Storm {
  readonly lab: ProgramLab
  readonly server: ConformServer
  readonly dice: Random
  /** What people want now, by name. */
  readonly wanted: Map<string, string>
  made: number
}

const COLORS = ['red', 'green', 'blue', 'yellow']

async function storm(run: Storm, kills: number): Promise<KillReport> {
  let [duringWrites, longestRecoveryMs] = [0, 0]
  for (let kill = 0; kill < kills; kill++) {
    const program = await run.lab.start()
    const begun = Date.now()
    const acting = people(run, 3)
    await active(run, program)
    longestRecoveryMs = Math.max(longestRecoveryMs, Date.now() - begun)
    await sleep(run.dice.below(900))
    const { ledger } = run.server
    if (ledger.slice(-3).some((entry) => isWrite(entry) && Date.now() - entry.at < 150)) duringWrites++
    await program.kill()
    await acting
  }
  await run.lab.start()
  const stuck = await calm(run)
  return { ...judge(run, stuck), kills, duringWrites, longestRecoveryMs }
}

/** A few people at once, each doing one thing. */
async function people(run: Storm, count: number): Promise<void> {
  for (let person = 0; person < count; person++) {
    await act(run)
    await sleep(run.dice.below(150))
  }
}

async function act(run: Storm): Promise<void> {
  const { lab, dice, wanted } = run
  const color = COLORS[dice.below(COLORS.length)] ?? 'red'
  const names = [...wanted.keys()]
  const name = names[dice.below(Math.max(1, names.length))]
  if (name === undefined || names.length < 4 || dice.chance(0.45)) {
    const fresh = `thing-${run.made++}`
    wanted.set(fresh, color)
    await must(lab.kube.create(THINGS, thing(fresh, { color })))
  } else if (dice.chance(0.5)) {
    wanted.set(name, color)
    await must(lab.kube.patch(THINGS, { namespace: 'default', name }, { type: 'merge', body: { spec: { color } } }))
  } else {
    wanted.delete(name)
    await must(lab.kube.delete(THINGS, { namespace: 'default', name }))
  }
}

/** Until the new process has done something outside: a Lease of the killed one has to run out first. */
async function active({ server }: Storm, { child }: Program): Promise<void> {
  const from = server.ledger.length
  await until('the controller works', () => server.ledger.length > from || child.exitCode !== null, 60_000)
}

const PATIENCE_MS = 120_000

/** Nobody kills any more; gives what never settles. */
async function calm(run: Storm): Promise<readonly string[]> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(200)) if ((await unsettled(run)).length === 0) return []
  return unsettled(run)
}

async function unsettled({ lab, wanted }: Storm): Promise<readonly string[]> {
  const page = await must(lab.kube.page(THINGS, { namespace: 'default' }))
  const there = new Map(page.items.map((object) => [nameOf(object), object]))
  const waiting = [...wanted.keys()].filter((name) => !isReady(there.get(name)))
  return [...waiting, ...[...there.keys()].filter((name) => !wanted.has(name))]
}

function isReady(object: KubeObject | undefined): boolean {
  const status = isObject(object?.status) ? object.status : {}
  const conditions = Array.isArray(status.conditions) ? (status.conditions as readonly JsonObject[]) : []
  return status.observedGeneration === (object?.metadata as JsonObject | undefined)?.generation && conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True')
}

function judge({ server, wanted, made }: Storm, stuck: readonly string[]): Omit<KillReport, 'kills' | 'duringWrites' | 'longestRecoveryMs'> {
  const objects = new Map(server.objects().map(({ fields }) => [String(fields['name'] as string), String(fields['color'] as string)]))
  const count = (effect: string): number => server.ledger.filter((entry) => entry.effect === effect).length
  return {
    resources: made, creates: count('created'), updates: count('updated'), deletes: count('deleted'),
    duplicates: server.duplicates() + (server.objects().length - objects.size),
    orphans: [...objects.keys()].filter((name) => !wanted.has(name)),
    lost: [...wanted].filter(([name, color]) => objects.get(name) !== color).map(([name, color]) => `${name}: wanted ${color}, there is ${objects.get(name) ?? 'nothing'}`),
    stuck,
  }
}
