import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { conformPlan, readSwitches, renderArazzo, renderCard, renderHar, SWITCHES, VERBS, type Score, type Verb } from '@oasgen/conform'
import { hasErrors, renderColour } from '@oasgen/diagnostics'
import { isObject, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { compileManifests, type CompiledDefinition, type CompileOptions } from '../define/compile.js'
import { CommandError, EXIT, usesColour, type CommandIo, type ExitCode } from '../io.js'
import { readManifests, type Manifest } from '../kubectl/manifests.js'

export interface ConformCommandOptions extends CompileOptions {
  readonly filename: readonly string[]
  readonly switch?: string
  readonly verb?: string
  readonly seed: string
  readonly har?: string
  readonly arazzo?: string
  readonly list?: boolean
  readonly output: string
}

/** Serves the operations of each definition with memory and malice, and lives a resource through it under each switch. */
export async function conform(io: CommandIo, options: ConformCommandOptions): Promise<ExitCode> {
  if (options.list === true) return list(io)
  const asked = readAsked(options)
  const manifests = await readManifests(io, options.filename)
  const compiled = await compileManifests(io, manifests, options)
  if (compiled.length === 0) throw new CommandError('there is no RestDefinition in these files', { code: EXIT.usage })
  const findings = compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
  if (findings.length > 0) io.err(renderColour(findings, { width: io.columns, colours: usesColour(io) ? 'ansi' : 'none' }))
  const scores = await runAll(io, { compiled, manifests, asked, isJson: options.output === 'json' })
  writeRecords(io, options, { scores, compiled })
  if (options.output === 'json') io.out(`${writeJson(scores.map(scoreJson), { indent: 2 })}\n`)
  return hasErrors(findings) || scores.some(isWrong) ? EXIT.found : EXIT.ok
}

function list(io: CommandIo): ExitCode {
  io.out(Object.entries(SWITCHES).map(([name, { acts, about }]) => `${name.padEnd(17)} ${acts.padEnd(5)} ${about}\n`).join(''))
  return EXIT.ok
}

interface Asked {
  readonly switches?: readonly string[]
  readonly verbs?: readonly Verb[]
  readonly seed: number
}

function readAsked(options: ConformCommandOptions): Asked {
  const switches = options.switch?.split(',')
  const unknown = switches?.find((word) => readSwitches(word) === undefined)
  if (unknown !== undefined) throw new CommandError(`there is no switch ${unknown}`, { code: EXIT.usage, help: '`oasgen conform -f . --list` shows them' })
  const verbs = options.verb?.split(',')
  const strange = verbs?.find((word) => !VERBS.some((verb) => verb === word))
  if (strange !== undefined) throw new CommandError(`there is no verb ${strange}`, { code: EXIT.usage, help: `one of ${VERBS.join(', ')}` })
  const seed = Number(options.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new CommandError(`${options.seed} is no seed`, { code: EXIT.usage, help: 'a whole number' })
  return { seed, ...(switches && { switches }), ...(verbs && { verbs: verbs as Verb[] }) }
}

interface Runs {
  readonly compiled: readonly CompiledDefinition[]
  readonly manifests: readonly Manifest[]
  readonly asked: Asked
  readonly isJson: boolean
}

async function runAll(io: CommandIo, { compiled, manifests, asked, isJson }: Runs): Promise<readonly Score[]> {
  const scores: Score[] = []
  for (const { compiled: { plan, resourceCrd, configurationCrd, findings } } of compiled) {
    if (plan === undefined || resourceCrd === undefined || hasErrors(findings) || io.signal.aborted) continue
    const spec = specFor(plan, manifests)
    const score = await conformPlan({ plan, resourceCrd, ...(configurationCrd && { configurationCrd }) }, { ...asked, signal: io.signal, ...(spec && { spec }) })
    if (!isJson) io.out(`${scores.length === 0 ? '' : '\n'}${renderCard(score)}`)
    scores.push(score)
  }
  return scores
}

/** The first resource of the kind among the files. */
function specFor({ resource }: Plan, manifests: readonly Manifest[]): JsonObject | undefined {
  const found = manifests.find(({ object }) => object.kind === resource.kind && object.apiVersion === `${resource.group}/${resource.version}`)
  return isObject(found?.object.spec) ? found.object.spec : undefined
}

function writeRecords(io: CommandIo, options: ConformCommandOptions, { scores, compiled }: { readonly scores: readonly Score[]; readonly compiled: readonly CompiledDefinition[] }): void {
  const [first] = compiled
  const document = first !== undefined && isObject(first.manifest.object.spec) ? textOf(first.manifest.object.spec.oasPath) : ''
  for (const [file, record] of [[options.har, (): JsonObject => renderHar(scores)], [options.arazzo, (): JsonObject => renderArazzo(scores, document)]] as const) {
    if (file === undefined) continue
    writeFileSync(resolve(io.cwd, file), `${writeJson(record(), { indent: 2 })}\n`)
    io.err(`wrote ${file}\n`)
  }
}

function scoreJson({ lives, ...head }: Score): JsonValue {
  return { ...head, lives: lives.map(lifeJson) } as JsonObject
}

/** Without the traffic, which --har writes. */
function lifeJson(life: Score['lives'][number]): JsonValue {
  const { entries: _, exchanges: __, ...told } = life
  return told as unknown as JsonObject
}

function isWrong({ lives, problem }: Score): boolean {
  return problem !== undefined || lives.some(({ result }) => result === 'wrong')
}
