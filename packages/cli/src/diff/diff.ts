import { diffCrds, worstOf, type CrdChange } from '@oasgen/crd'
import { hasErrors, type Finding } from '@oasgen/diagnostics'
import { textOf, writeJson, type JsonValue } from '@oasgen/json'
import { nameOf } from '@oasgen/kube'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { looksLikeOpenApi, readManifests, type Manifest } from '../kubectl/manifests.js'
import { compileManifests, DEFINITION_KIND, type CompiledDefinition } from '../define/compile.js'
import { absentAnswers } from '../plan/answers.js'
import { asApplied } from '../plan/drive.js'
import { kindOf, serves } from '../plan/kinds.js'
import { planResource } from '../plan/plan.js'
import { createWorld, environmentOf, inNamespace } from '../plan/world.js'
import { diffPlans, type BehaviourChange } from './plan-diff.js'

export interface DiffOptions {
  /** Definitions for two documents; resources whose requests are compared. */
  readonly filename?: readonly string[]
  readonly document?: readonly string[]
  readonly output?: string
  readonly exitCode?: boolean
}

/** What changes for one definition. */
interface DefinitionDiff {
  readonly definition: string
  readonly crd: readonly CrdChange[]
  readonly configurationCrd: readonly CrdChange[]
  readonly behaviour: readonly BehaviourChange[]
  readonly requests: readonly RequestDiff[]
  /** It is there on one side only, or one side does not compile. */
  readonly note?: string
}

interface RequestDiff {
  readonly resource: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Two documents under the same definitions, or two definitions: what changes in the kind and in what is sent. */
export async function diff(io: CommandIo, before: string, after: string, options: DiffOptions): Promise<ExitCode> {
  const isDocument = [before, after].map((path) => isOpenApi(io, path))
  if (isDocument[0] !== isDocument[1]) throw new CommandError('one is an OpenAPI document and the other is not', { code: EXIT.usage })
  const files = options.filename === undefined ? [] : await readManifests(io, options.filename)
  const sides = isDocument[0] === true ? await documentSides(io, files, [before, after]) : await definitionSides(io, options, { files, paths: [before, after] })
  const findings = sides.flatMap(({ compiled }) => compiled.flatMap((one) => one.compiled.findings)).filter(({ severity }) => severity === 'error')
  if (findings.length > 0) io.err(findingsText(io, findings))
  const diffs = await Promise.all(pairsOf(sides).map((pair) => compare(pair, files)))
  io.out(options.output === 'json' ? `${writeJson(diffs as unknown as JsonValue, { indent: 2 })}\n` : diffs.map(diffText).join('\n'))
  return codeOf(diffs, findings, options)
}

function codeOf(diffs: readonly DefinitionDiff[], findings: readonly Finding[], { exitCode }: DiffOptions): ExitCode {
  return hasErrors(findings) || (exitCode === true && diffs.some((one) => !isSame(one))) ? EXIT.found : EXIT.ok
}

function isOpenApi(io: CommandIo, path: string): boolean {
  const full = resolve(io.cwd, path)
  try {
    return !statSync(full).isDirectory() && looksLikeOpenApi(readFileSync(full, 'utf8'))
  } catch {
    throw new CommandError(`cannot read ${path}: there is no such file or folder`, { code: EXIT.unavailable })
  }
}

interface Side {
  readonly compiled: readonly CompiledDefinition[]
}

async function documentSides(io: CommandIo, files: readonly Manifest[], paths: readonly [string, string]): Promise<readonly [Side, Side]> {
  if (!files.some(({ object }) => object.kind === DEFINITION_KIND)) throw new CommandError('two documents are compared under definitions, and none was named', { code: EXIT.usage, help: 'oasgen diff old.yaml new.yaml -f definitions/' })
  const [a, b] = await Promise.all(paths.map(async (path) => ({ compiled: await compileManifests(io, files, { document: [path] }) })))
  return [a as Side, b as Side]
}

async function definitionSides(io: CommandIo, options: DiffOptions, { files, paths }: { readonly files: readonly Manifest[]; readonly paths: readonly [string, string] }): Promise<readonly [Side, Side]> {
  const others = files.filter(({ object }) => object.kind !== DEFINITION_KIND)
  const sides = await Promise.all(paths.map(async (path) => {
    const manifests = [...await readManifests(io, [path]), ...others]
    return { compiled: await compileManifests(io, manifests, { ...(options.document && { document: options.document }) }) }
  }))
  if (sides.every(({ compiled }) => compiled.length === 0)) throw new CommandError('there is neither an OpenAPI document nor a RestDefinition in these files', { code: EXIT.usage })
  return [sides[0] as Side, sides[1] as Side]
}

interface Pair {
  readonly name: string
  readonly before: CompiledDefinition | undefined
  readonly after: CompiledDefinition | undefined
}

/** By name; a definition that was renamed is found by its kind when there is only one on each side. */
function pairsOf([before, after]: readonly Side[]): readonly Pair[] {
  const [old, fresh] = [before?.compiled ?? [], after?.compiled ?? []]
  if (old.length === 1 && fresh.length === 1) return [{ name: fresh[0]?.name ?? '', before: old[0], after: fresh[0] }]
  return [...new Set([...old, ...fresh].map(({ name }) => name))].map((name) => ({ name, before: old.find((one) => one.name === name), after: fresh.find((one) => one.name === name) }))
}

async function compare({ name, before, after }: Pair, files: readonly Manifest[]): Promise<DefinitionDiff> {
  const nothing = { definition: name, crd: [], configurationCrd: [], behaviour: [], requests: [] }
  const [a, b] = [before?.compiled, after?.compiled]
  if (before === undefined) return { ...nothing, note: 'it is new' }
  if (after === undefined) return { ...nothing, note: 'it is gone: its kind and controller go with it' }
  if (a?.resourceCrd === undefined || b?.resourceCrd === undefined) return { ...nothing, note: `the ${a?.resourceCrd === undefined ? 'first' : 'second'} gives no kind` }
  return {
    ...nothing,
    crd: diffCrds(a.resourceCrd, b.resourceCrd),
    configurationCrd: a.configurationCrd !== undefined && b.configurationCrd !== undefined ? diffCrds(a.configurationCrd, b.configurationCrd) : [],
    behaviour: a.plan === undefined || b.plan === undefined ? [] : diffPlans(a.plan, b.plan),
    requests: await requestDiffs(a, b, files),
  }
}

async function requestDiffs(a: CompiledDefinition['compiled'], b: CompiledDefinition['compiled'], files: readonly Manifest[]): Promise<readonly RequestDiff[]> {
  if (a.plan === undefined || b.plan === undefined) return []
  const kinds = [kindOf(a.plan), kindOf(b.plan)] as const
  const world = createWorld(files, undefined)
  const planned = await Promise.all(files.map(async ({ object }) => {
    if (!kinds.every((kind) => serves(kind, object))) return undefined
    const resource = asApplied(inNamespace(object))
    const [before, after] = await Promise.all(kinds.map(async (kind) => {
      const one = await planResource(kind, { resource, environment: await environmentOf(world, kind.plan, resource), answer: absentAnswers(kind.prepared), now: undefined })
      return [...one.reads, ...one.writes]
    }))
    return { resource: `${textOf(object.kind)} ${nameOf(resource)}`, before: before ?? [], after: after ?? [] }
  }))
  return planned.filter((one) => one !== undefined).filter(({ before, after }) => before.join('\n') !== after.join('\n'))
}

function isSame({ crd, configurationCrd, behaviour, requests, note }: DefinitionDiff): boolean {
  return crd.length + configurationCrd.length + behaviour.length + requests.length === 0 && note === undefined
}

function diffText(one: DefinitionDiff): string {
  if (isSame(one)) return `${one.definition}: nothing changes\n`
  const worst = worstOf([...one.crd, ...one.configurationCrd])
  const lines = [
    `${one.definition}: ${one.note ?? (worst === undefined ? 'the kind stays as it is' : `the kind changes, ${worst}`)}`,
    ...one.crd.map(({ class: kind, path, change }) => `  ${kind.padEnd(9)}  ${path}  ${change}`),
    ...one.configurationCrd.map(({ class: kind, path, change }) => `  ${kind.padEnd(9)}  Configuration ${path}  ${change}`),
    ...one.behaviour.map(({ part, change }) => `  ${'behaves'.padEnd(9)}  ${part}  ${change}`),
    ...one.requests.flatMap(({ resource, before, after }) => [`  requests   ${resource}`, ...changedLines(before, after)]),
  ]
  return `${lines.join('\n')}\n`
}

function changedLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, fresh] = [before, after].map((texts) => texts.join('\n').split('\n'))
  return [...(old ?? []).filter((line) => !(fresh ?? []).includes(line)).map((line) => `    - ${line}`), ...(fresh ?? []).filter((line) => !(old ?? []).includes(line)).map((line) => `    + ${line}`)]
}
