import type { Decision, ResourceWrite } from '@oasgen/engine'
import { canonicalJson, isObject, readJson, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { keyOf, nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import { readPlan, type Plan } from '@oasgen/plan'
import { exchangeLine, maskedRequest, shortUrl, type Exchange, type HttpRequest } from '@oasgen/wire'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { findTypes } from '../kubectl/kinds.js'
import { readManifests } from '../kubectl/manifests.js'
import { connectTarget } from '../kubectl/target.js'
import { compileManifests, type CompileOptions } from '../define/compile.js'
import { withSecrets } from '../plan/answers.js'
import { drive, type Driven } from '../plan/drive.js'
import { openExchanges, readExchanges, type ExchangeOptions } from '../plan/exchanges.js'
import { kindOf, runningKind, type PlannedKind } from '../plan/kinds.js'
import { createWorld, environmentOf, type PlanEnvironment } from '../plan/world.js'
import { lastReconcile, rewound } from './recording.js'

export interface ReplayOptions extends ExchangeOptions, CompileOptions {
  readonly recording?: string
  readonly save?: string
  /** Another definition decides over the same answers. */
  readonly with?: readonly string[]
  readonly output?: string
}

/** One reconcile with all that it knew: `--save` writes it, `--recording` reads it. */
interface Recording {
  readonly format: 'oasgen.recording/1'
  readonly plan: Plan
  readonly resource: KubeObject
  readonly environment: Pick<PlanEnvironment, 'configuration' | 'references' | 'secrets'>
  readonly exchanges: readonly Exchange[]
}

export async function replay(io: CommandIo, names: readonly string[], options: ReplayOptions): Promise<ExitCode> {
  const recording = options.recording === undefined ? await record(io, names, options) : readRecording(io, options.recording)
  if (options.save !== undefined) {
    writeFileSync(resolve(io.cwd, options.save), `${writeJson(recording as unknown as JsonValue, { indent: 2 })}\n`)
    io.note(`wrote ${options.save}\n`)
  }
  const kind = options.with === undefined ? kindOf(recording.plan) : await otherKind(io, options, recording)
  const replayed = await play(kind, recording)
  io.out(options.output === 'json' ? `${writeJson(replayed as unknown as JsonValue, { indent: 2 })}\n` : replayText(recording, replayed))
  return replayed.divergence === undefined ? EXIT.ok : EXIT.found
}

async function record(io: CommandIo, names: readonly string[], options: ReplayOptions): Promise<Recording> {
  const [word, name] = names.flatMap((each) => each.split('/'))
  if (word === undefined || name === undefined) throw new CommandError('replay what? a resource of the cluster, or a file', { code: EXIT.usage, help: 'oasgen replay book the-hobbit, or oasgen replay --recording file.json' })
  const target = await connectTarget(io, options)
  const source = openExchanges(io, options)
  try {
    const [type] = await findTypes(target.kube, word)
    const kind = type === undefined ? undefined : await runningKind(target.kube, type)
    if (type === undefined || kind === undefined) throw new CommandError(`no RestDefinition makes ${word}`)
    const found = await target.kube.get(type, { name, namespace: target.namespace })
    if (!found.ok) throw new CommandError(found.error.finding.message, { code: EXIT.unavailable })
    const exchanges = lastReconcile(await source.of(kind.plan, keyOf(found.value)))
    if (exchanges.length === 0) throw new CommandError(`the controller remembers no exchange of ${name}`, { help: 'it forgets them when it is started again; --exchanges <url> says where it is' })
    const { configuration, references, secrets } = await environmentOf(createWorld([], target.kube), kind.plan, found.value)
    return { format: 'oasgen.recording/1', plan: kind.plan, resource: rewound(found.value, exchanges), environment: { configuration, references, secrets }, exchanges }
  } finally {
    await source.close()
    await target.kube.close()
  }
}

function readRecording(io: CommandIo, file: string): Recording {
  let text: string
  try {
    text = readFileSync(resolve(io.cwd, file), 'utf8')
  } catch {
    throw new CommandError(`cannot read ${file}`, { code: EXIT.unavailable })
  }
  const read = readJson(text)
  if (!read.ok || !isObject(read.value) || read.value.format !== 'oasgen.recording/1') throw new CommandError(`${file} is no recording`, { help: 'oasgen replay <kind> <name> --save file.json writes one' })
  const { plan, resource, environment, exchanges } = read.value
  const checked = readPlan(plan ?? null)
  if (checked.value === undefined) throw new CommandError(checked.findings[0]?.message ?? 'its Plan cannot be read')
  if (!isObject(resource) || !isObject(environment)) throw new CommandError(`${file} lacks the resource or what it knew`)
  return { format: 'oasgen.recording/1', plan: checked.value, resource, environment: environment as unknown as Recording['environment'], exchanges: readExchanges(exchanges ?? null) }
}

async function otherKind(io: CommandIo, options: ReplayOptions, { plan }: Recording): Promise<PlannedKind> {
  const compiled = await compileManifests(io, await readManifests(io, options.with ?? []), options)
  const found = compiled.map((one) => one.compiled.plan).find((other) => other?.resource.kind === plan.resource.kind)
  if (found === undefined) throw new CommandError(`none of these definitions makes ${plan.resource.kind}`, { code: EXIT.usage })
  return kindOf(found)
}

interface Replayed {
  readonly steps: readonly ReplayedStep[]
  /** The first decision that is not the recorded one. */
  readonly divergence?: string
}

interface ReplayedStep {
  readonly type: 'look' | 'send' | 'write' | 'done' | 'wait' | 'stop' | 'open'
  readonly text: string
}

async function play({ prepared }: PlannedKind, recording: Recording): Promise<Replayed> {
  const { resource, environment, exchanges } = recording
  let used = 0
  let divergence: string | undefined
  const driven = await drive({
    prepared, resource, environment: environment as PlanEnvironment,
    now: () => momentOf(exchanges[Math.min(used, exchanges.length - 1)]),
    answer: async (request) => {
      const next = exchanges[used]
      if (next === undefined) return undefined
      divergence = differenceOf(request, next.request)
      if (divergence !== undefined) return undefined
      used++
      return { at: next.at, tookMs: next.tookMs, result: withSecrets(next.result, resource), ...(next.sealed && { sealed: next.sealed }) }
    },
  })
  if (divergence === undefined && used < exchanges.length && driven.ending.type !== 'request') divergence = `it ends after ${used} of ${exchanges.length} recorded exchanges`
  return { steps: stepsOf(driven), ...(divergence !== undefined && { divergence }) }
}

function momentOf(exchange: Exchange | undefined): number {
  return exchange === undefined ? 0 : exchange.at + exchange.tookMs
}

/** Both sides are masked: a recording holds no secret, and none is needed to tell the same request. */
function differenceOf(decided: HttpRequest, recorded: HttpRequest): string | undefined {
  const [wanted, sent] = [maskedRequest(decided), maskedRequest(recorded)]
  if (wanted.method !== sent.method || wanted.url !== sent.url) return `it decides ${wanted.method} ${shortUrl(wanted.url)} where ${sent.method} ${shortUrl(sent.url)} was recorded`
  const bodies = [wanted.body, sent.body].map((body) => (body === undefined ? '' : canonicalJson(body as unknown as JsonObject)))
  return bodies[0] === bodies[1] ? undefined : `the body of ${wanted.method} ${shortUrl(wanted.url)} is another than the recorded one: ${bodies[0] ?? ''} instead of ${bodies[1] ?? ''}`
}

function stepsOf({ steps, exchanges, ending }: Driven): readonly ReplayedStep[] {
  let sent = 0
  return steps.map((decision, index): ReplayedStep => {
    if (decision.type !== 'send') return stepOf(decision)
    const exchange = exchanges[sent++]
    if (exchange === undefined || (index === steps.length - 1 && ending.type === 'request')) return { type: 'open', text: `${decision.request.method} ${shortUrl(decision.request.url)}   not in the recording` }
    return { type: exchange.request.method === 'GET' ? 'look' : 'send', text: `${exchangeLine(exchange)}   (${decision.purpose.action}: ${decision.purpose.why})` }
  })
}

function stepOf(decision: Exclude<Decision, { type: 'send' }>): ReplayedStep {
  switch (decision.type) {
    case 'write': return { type: 'write', text: writeText(decision.write) }
    case 'done': return { type: 'done', text: `as it should be; next look after ${decision.recheckAfterSeconds} s` }
    case 'wait': return { type: 'wait', text: decision.finding?.message ?? decision.reason }
    case 'stop': return { type: 'stop', text: `${decision.finding.code} ${decision.finding.message}` }
  }
}

function writeText({ why, annotations, finalizers, status }: ResourceWrite): string {
  const parts = [
    ...Object.entries(annotations ?? {}).map(([key, value]) => `${key.replace('krateo.io/', '')}=${value ?? '(removed)'}`),
    ...(finalizers?.add === undefined ? [] : ['finalizer added']), ...(finalizers?.remove === undefined ? [] : ['finalizer removed']),
    ...(status === undefined ? [] : ['status']),
  ]
  return `${why}: ${parts.join(', ')}`
}

function replayText({ resource, exchanges }: Recording, { steps, divergence }: Replayed): string {
  const began = exchanges[0] === undefined ? '' : ` · ${exchanges.length} exchanges from ${new Date(exchanges[0].at).toISOString()}`
  return [
    `${textOf(resource.kind)} ${namespaceOf(resource)}/${nameOf(resource)}${began}`,
    ...steps.map(({ type, text }, index) => `  ${String(index + 1).padStart(2)}  ${type.padEnd(5)}  ${text}`),
    divergence === undefined ? 'the same decisions' : `another decision: ${divergence}`, '',
  ].join('\n')
}

