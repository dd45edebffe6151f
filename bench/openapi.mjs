// What reading a 13 MB document costs, as ratios of the same run: node bench/openapi.mjs [--check] (after npm run build).
// GitHub's description comes from the npm package @octokit/openapi, fetched once into a folder outside of the tree.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CORE_SCHEMA, dump, load } from 'js-yaml'
import { linkDocument, operationSchemas, reachableSchemas, readDocument } from '../packages/openapi/dist/index.js'

const PACKAGE = '@octokit/openapi@23.0.2'
const FOLDER = process.env.OASGEN_BENCH_CACHE ?? join(tmpdir(), 'oasgen-bench')
const ROUNDS = 15
/** A repository: five operations, some 1,500 schemas. */
const OPERATIONS = [
  ['get', '/repos/{owner}/{repo}'], ['post', '/orgs/{org}/repos'], ['patch', '/repos/{owner}/{repo}'], ['delete', '/repos/{owner}/{repo}'],
  ['get', '/orgs/{org}/repos'],
]
/** What the fastest rounds may not exceed: they are the ones that other programs disturbed least. A model pays the second one: it reads every schema that its operations reach. */
const BUDGETS = {
  'json: load and link': 1.3,
  'json: load, link and read every schema': 1.6,
  'json: memory': 1.3,
  'yaml: load and link': 1.2,
}

function fetchDocument() {
  const json = join(FOLDER, 'package/generated/api.github.com.json')
  mkdirSync(FOLDER, { recursive: true })
  if (!existsSync(json)) {
    const packed = execFileSync('npm', ['pack', PACKAGE, '--silent'], { cwd: FOLDER, encoding: 'utf8' }).trim().split('\n').at(-1)
    execFileSync('tar', ['xzf', packed, 'package/generated/api.github.com.json'], { cwd: FOLDER })
  }
  const yaml = join(FOLDER, 'api.github.com.yaml')
  if (!existsSync(yaml)) writeFileSync(yaml, dump(JSON.parse(readFileSync(json, 'utf8')), { noRefs: true }))
  return { json, yaml }
}

const text = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
const link = (bytes) => {
  const document = linkDocument(readDocument(bytes, { uri: 'https://api.github.com/openapi' }).value)
  return OPERATIONS.map(([method, path]) => document.operation(path, method).value)
}
const works = {
  'json-bare': (bytes) => JSON.parse(text(bytes)),
  'json-link': link,
  'json-read': (bytes) => [...reachableSchemas(link(bytes).flatMap(operationSchemas))],
  'yaml-bare': (bytes) => load(text(bytes), { schema: CORE_SCHEMA }),
  'yaml-link': link,
}

/**
 * A process of its own for each comparison: ways of reading in turn, garbage collected before each, so that none pays for
 * another; processor time, so that other programs count less.
 */
function timeBoth(names, bytes) {
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const name of names) {
      globalThis.gc()
      const start = process.cpuUsage()
      works[name](bytes)
      if (round >= 0) times[name].push(process.cpuUsage(start).user / 1000)
    }
  }
  return names.map((name) => times[name])
}

function holdOne(name, bytes) {
  const held = works[name](bytes)
  globalThis.gc()
  return { rss: process.resourceUsage().maxRSS, held: held !== undefined }
}

function run(mode, names, file) {
  const script = fileURLToPath(import.meta.url)
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', script, mode, names.join(), file], { encoding: 'utf8' }))
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function report(title, base, own, unit) {
  const fastest = Math.min(...own) / Math.min(...base)
  const numbers = [fastest, median(own) / median(base)].map((ratio) => ratio.toFixed(2).padStart(6)).join(' ')
  const medians = `${median(base).toFixed(0)} → ${median(own).toFixed(0)} ${unit}`
  console.log(`${title.padEnd(42)} ${numbers}   budget ${BUDGETS[title].toFixed(1)}   (${medians})`)
  return fastest <= BUDGETS[title]
}

function compareTime(title, names, file) {
  const [base, own] = run('--time', names, file)
  return report(title, base, own, 'ms')
}

function compareMemory(title, names, file) {
  const [base, own] = names.map((name) => Array.from({ length: 5 }, () => run('--hold', [name], file).rss / 1024))
  return report(title, base, own, 'MB')
}

function main() {
  const { json, yaml } = fetchDocument()
  console.log(`Node ${process.version}, ${ROUNDS} rounds, ratio to the bare parser of the same bytes: fastest rounds, medians`)
  const kept = [
    compareTime('json: load and link', ['json-bare', 'json-link'], json),
    compareTime('json: load, link and read every schema', ['json-bare', 'json-read'], json),
    compareMemory('json: memory', ['json-bare', 'json-link'], json),
    compareTime('yaml: load and link', ['yaml-bare', 'yaml-link'], yaml),
  ]
  if (process.argv.includes('--check') && kept.includes(false)) {
    console.error('a budget is exceeded')
    process.exitCode = 1
  }
}

const [, , mode, names = '', file = ''] = process.argv
if (mode === '--time') console.log(JSON.stringify(timeBoth(names.split(','), readFileSync(file))))
else if (mode === '--hold') console.log(JSON.stringify(holdOne(names, readFileSync(file))))
else main()
