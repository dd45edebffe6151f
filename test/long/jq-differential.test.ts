import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { compileJq } from '@oasgen/expressions'
import { equalJson, isArray, readJson, writeJson, type JsonValue } from '@oasgen/json'
import { seeded } from '../seeded.js'
import { VALUES, randomProgram } from './jq-programs.js'

const COUNT = Number(process.env['OASGEN_JQ_PROGRAMS'] ?? 5000)
const SEED = Number(process.env['OASGEN_SEED'] ?? 20_261_121)

interface Case {
  readonly program: string
  readonly input: string
}

interface Result {
  readonly outputs: readonly JsonValue[]
  readonly failed: boolean
}

function spec(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../specs/jq/${name}`, import.meta.url)), 'utf8')
}

const groups = JSON.parse(spec('programs.json')) as readonly { readonly programs: readonly string[]; readonly inputs: readonly string[] }[]
const deviations = new Set((JSON.parse(spec('deviations.json')) as readonly { readonly programs: readonly string[] }[]).flatMap(({ programs }) => programs))
const listed = groups.flatMap(({ programs, inputs }) => programs.filter((program) => !deviations.has(program)).flatMap((program) => sample(program, inputs).map((input) => ({ program, input }))))

/** A process per run is slow, so that of many inputs each program takes some. */
function sample(program: string, inputs: readonly string[]): readonly string[] {
  return inputs.length > 4 ? inputs.filter((_, index) => (index + program.length) % 3 === 0) : inputs
}

function valueOf(text: string): JsonValue {
  const read = readJson(text)
  return read.ok ? read.value : `unreadable: ${text}`
}

function ours({ program, input }: Case): Result {
  const { value } = compileJq(program)
  if (value === undefined) return { outputs: [], failed: true }
  const result = value.run(valueOf(input))
  return { outputs: result.outputs, failed: !result.ok }
}

function differs(a: Result, b: Result): boolean {
  return a.failed !== b.failed || !equalJson(a.outputs, b.outputs)
}

function report({ program, input }: Case, mine: Result, theirs: Result): string {
  return `${program}  on ${input}\n  ours   ${writeJson(mine.outputs)}${mine.failed ? ' failed' : ''}\n  theirs ${writeJson(theirs.outputs)}${theirs.failed ? ' failed' : ''}`.slice(0, 600)
}

function version(): string | undefined {
  try {
    return execFileSync('jq', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim()
  } catch {
    return undefined
  }
}

/** Undefined for a program that uses what this version does not have. */
function runJq({ program, input }: Case): Result | undefined {
  const { stdout, stderr, status } = spawnSync('jq', ['-c', program], { input, timeout: 10_000 })
  if (status === 3 && / is not defined/.test(stderr.toString())) return undefined
  const lines = stdout.toString().split('\n').filter((line) => line !== '')
  return { outputs: lines.map(valueOf), failed: status !== 0 }
}

const installed = version()
if (installed === undefined) process.stdout.write(`not run: jq is not on the PATH (${listed.length} runs)\n`)

describe.skipIf(installed === undefined)(`jq of this machine${installed === undefined ? ' (not run: jq is absent)' : ''}`, () => {
  it(`gives what we give in ${listed.length} runs`, () => {
    const answers = listed.map(runJq)
    const different = listed.flatMap((one, index) => {
      const [mine, theirs] = [ours(one), answers[index]]
      return theirs !== undefined && differs(mine, theirs) ? [report(one, mine, theirs)] : []
    })
    const unknown = answers.filter((answer) => answer === undefined).length
    process.stdout.write(`${installed}: ${listed.length - different.length - unknown} of ${listed.length} runs equal, ${unknown} not known to it\n`)
    expect(different).toEqual([])
  })
})

const folder = mkdtempSync(`${tmpdir()}/gojq-`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Builds the oracle; needs Go, and its module once. */
function buildOracle(): string | undefined {
  const built = spawnSync('go', ['build', '-o', `${folder}/oracle`, '.'], { cwd: fileURLToPath(new URL('gojq-oracle', import.meta.url)), timeout: 240_000 })
  return built.status === 0 ? `${folder}/oracle` : undefined
}

const oracle = buildOracle()
if (oracle === undefined) process.stdout.write(`not run: the gojq oracle cannot be built here (${COUNT} random programs)\n`)

function runGojq(cases: readonly Case[]): readonly (Result & { readonly timedOut: boolean })[] {
  const input = cases.map(({ program, input: value }) => `{"program":${JSON.stringify(program)},"input":${value}}\n`).join('')
  const { stdout } = spawnSync(oracle ?? '', [], { input, maxBuffer: 1 << 29 })
  return stdout.toString().trim().split('\n').map((line) => {
    const answer = JSON.parse(line) as { readonly failed: boolean; readonly timedOut?: boolean }
    const read = valueOf(line) as { readonly outputs: JsonValue }
    return { outputs: isArray(read.outputs) ? read.outputs : [], failed: answer.failed, timedOut: answer.timedOut === true }
  })
}

describe.skipIf(oracle === undefined)(`gojq${oracle === undefined ? ' (not run: the oracle cannot be built)' : ''}`, () => {
  it(`gives what we give for ${COUNT} random programs from seed ${SEED}`, () => {
    const random = seeded(SEED)
    const cases = Array.from({ length: COUNT }, (): Case => ({ program: randomProgram(random, 3), input: VALUES[Math.floor(random() * VALUES.length)] ?? 'null' }))
    const answers = runGojq(cases)
    const different = cases.flatMap((one, index) => {
      const theirs = answers[index]
      const mine = ours(one)
      return theirs === undefined || theirs.timedOut || theirs.outputs.length >= 200 || !differs(mine, theirs) ? [] : [report(one, mine, theirs)]
    })
    process.stdout.write(`gojq: ${COUNT - different.length} of ${COUNT} random programs equal\n${different.slice(0, 10).join('\n')}\n`)
    // gojq takes a computed value for a path when it equals its input; such programs make no sense and are about one in 500.
    expect(different.length).toBeLessThan(COUNT / 200)
  })
})
