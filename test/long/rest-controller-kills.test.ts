import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { annotationsOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { conditionsOf, must, thing, THINGS, until } from '../integration/rest-controller/lab.js'
import { openProgramLab, type Program, type ProgramLab } from '../integration/rest-controller/program-lab.js'
import type { Answer } from '../integration/rest-controller/things-api.js'

/** `before`: the process dies and nobody ever sees its request. `after`: the other side did what was asked, and the process died before it heard of it. */
type Moment = 'before' | 'after'
const MOMENTS: readonly Moment[] = ['before', 'after']

interface Kill {
  readonly at: number
  readonly moment: Moment
}

/** What a person does to a thing, and how it must end. */
interface Story {
  readonly name: string
  readonly isFresh: boolean
  readonly begin: (lab: ProgramLab, name: string) => Promise<void>
  readonly isOver: (lab: ProgramLab, name: string) => Promise<boolean>
  readonly outside: readonly Record<string, unknown>[]
}

const ref = (name: string): { readonly namespace: string; readonly name: string } => ({ namespace: 'default', name })
const paint = async (lab: ProgramLab, name: string, color: string): Promise<void> => void (await must(lab.kube.patch(THINGS, ref(name), { type: 'merge', body: { spec: { color } } })))

const STORIES: readonly Story[] = [
  { name: 'create', isFresh: true, begin: async (lab, name) => void (await must(lab.kube.create(THINGS, thing(name)))), isOver: isReady, outside: [{ color: 'red' }] },
  { name: 'update', isFresh: false, begin: (lab, name) => paint(lab, name, 'blue'), isOver: isReady, outside: [{ color: 'blue' }] },
  { name: 'delete', isFresh: false, begin: async (lab, name) => void (await must(lab.kube.delete(THINGS, ref(name)))), isOver: async (lab, name) => (await read(lab, name)) === undefined, outside: [] },
]

/**
 * Kill -9 at every step: the n-th request of the process to either side, for every n, before the other side saw it and after it
 * was carried out. A restart must find the way each time: no duplicate, no orphan, no lost update.
 */
describe('a controller that is killed', () => {
  let lab: ProgramLab
  let program: Program
  let used = 0
  let steps: string[] = []
  let kill: Kill | undefined
  let watched = ''
  let isKilled = false

  beforeAll(async () => {
    lab = await openProgramLab('embedded')
    await lab.grant()
    await lab.putPlan()
    lab.proxy.decide = (request) => {
      if (!isKubernetesStep(request, watched)) return { type: 'pass' }
      const dies = takeStep(`${request.method} ${pathOf(request)}`)
      return dies === undefined ? { type: 'pass' } : { type: dies === 'before' ? 'hang' : 'loseAnswer' }
    }
    lab.api.fault = ({ method, path, body }) => died(takeApiStep(method, path, body), 'before')
    lab.api.applied = ({ method, path, body }) => died(isPending(method, path, body) ? 'after' : undefined, 'after')
  })
  afterAll(() => lab?.close())

  /** The step that `fault` saw as the one to die after is remembered for `applied`. */
  let pendingAfter: string | undefined
  const takeApiStep = (method: string, path: string, body: Record<string, unknown> | undefined): Moment | undefined => {
    if (watched === '' || !isAbout(path, body)) return undefined
    const dies = takeStep(`${method} ${path}`)
    if (dies === 'after') pendingAfter = `${method} ${path}`
    return dies
  }
  const isPending = (method: string, path: string, _body: unknown): boolean => {
    const is = pendingAfter === `${method} ${path}`
    if (is) pendingAfter = undefined
    return is
  }
  const died = (dies: Moment | undefined, moment: Moment): Answer | undefined => (dies === moment ? 'hang' : undefined)
  const isAbout = (path: string, body: Record<string, unknown> | undefined): boolean => /^\/things(\?|$)/.test(path) || body?.['name'] === watched || lab.api.things.get(path.replace('/things/', ''))?.['name'] === watched

  /** Counts; says whether and how the process dies at this one. */
  function takeStep(step: string): Moment | undefined {
    if (isKilled) return undefined
    steps.push(step)
    if (kill === undefined || steps.length !== kill.at + 1) return undefined
    isKilled = true
    const { moment } = kill
    // After: the answer must not reach it; the other side does its work first.
    setTimeout(() => void program.kill(), moment === 'before' ? 0 : 50)
    return moment
  }

  /** Tells one story, with at most one kill in it; answers the steps that were taken until then. */
  async function tell(story: Story, at: Kill | undefined): Promise<readonly string[]> {
    const name = `${story.name}-${used++}`
    program = await lab.start({ args: ['-resync-interval=1h'] })
    if (!story.isFresh) {
      await must(lab.kube.create(THINGS, thing(name)))
      await until(`${name} is Ready`, () => isReady(lab, name), 30_000)
      await sleep(300)
    } else await until('it serves', () => program.log.some(({ msg }) => msg === 'serving'), 30_000)
    steps = []
    kill = at
    isKilled = false
    watched = name
    await story.begin(lab, name)
    if (at !== undefined) {
      await until(`it dies at step ${at.at + 1}`, () => isKilled, 30_000)
      await program.exited
      pendingAfter = undefined
      program = await lab.start({ args: ['-resync-interval=1h'] })
    }
    await until(`${name} is as it should be`, () => story.isOver(lab, name), 30_000)
    await sleep(at === undefined ? 500 : 100)
    watched = ''
    const left = [...lab.api.things.values()].filter((item) => item['name'] === name)
    expect(left).toMatchObject(story.outside)
    expect(left).toHaveLength(story.outside.length)
    await expectTold(story, name)
    await program.kill()
    return steps
  }

  async function expectTold({ outside }: Story, name: string): Promise<void> {
    const resource = await read(lab, name)
    const [only] = [...lab.api.things].filter(([, item]) => item['name'] === name)
    expect(resource === undefined).toBe(outside.length === 0)
    if (resource !== undefined) expect(annotationsOf(resource)[ANNOTATION.externalName]).toBe(only?.[0])
  }

  it.each(STORIES)('ends every $name as if it had not been, wherever it dies', async (story) => {
    onTestFailed(() => void process.stderr.write(`${JSON.stringify({ kill, steps })}\n${program.log.slice(-30).map((line) => JSON.stringify(line)).join('\n')}\n`))
    const usual = await tell(story, undefined)
    expect(usual.length).toBeGreaterThanOrEqual(3)
    for (const moment of MOMENTS) for (let at = 0; at < usual.length; at++) await tell(story, { at, moment })
  }, 900_000)
})

async function read(lab: ProgramLab, name: string): Promise<KubeObject | undefined> {
  const answer = await lab.kube.get(THINGS, ref(name))
  return answer.ok ? answer.value : undefined
}

async function isReady(lab: ProgramLab, name: string): Promise<boolean> {
  const resource = await read(lab, name)
  const { Ready = '', Synced = '' } = conditionsOf(resource)
  const { generation } = (resource?.metadata ?? {}) as { readonly generation?: number }
  const { observedGeneration } = (resource?.status ?? {}) as { readonly observedGeneration?: number }
  return Ready.startsWith('True') && Synced.startsWith('True') && generation === observedGeneration
}

/** Reads and writes of the thing itself and of what it needs; not watches and lists of everything, Leases and events, which happen at any time. */
function isKubernetesStep(request: IncomingMessage, watched: string): boolean {
  return watched !== '' && pathOf(request).includes(`/${watched}`)
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/^.*\/namespaces\/default\//, '').replace(/\?.*$/, '')
}
