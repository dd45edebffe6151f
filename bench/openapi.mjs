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
const ROUNDS = 9
/** A repository: five operations, some 1,500 schemas. */
const OPERATIONS = [
  ['get', '/repos/{owner}/{repo}'], ['post', '/orgs/{org}/repos'], ['patch', '/repos/{owner}/{repo}'], ['delete', '/repos/{owner}/{repo}'],
  ['get', '/orgs/{org}/repos'],
]
/** What the fastest rounds may not exceed: slower ones tell of other programs. The last one is what a model pays, which reads every schema. */
const BUDGETS = { 'json: load and link': 1.3, 'yaml: load and link': 1.2, 'json: memory': 1.3, 'json: load, link and read every schema': 1.6 }

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

/** In a process of its own, so that one way of reading does not pay for the garbage of another. */
function child(name, file) {
  const bytes = readFileSync(file)
  const start = performance.now()
  const held = works[name](bytes)
  const ms = performance.now() - start
  console.log(JSON.stringify({ ms, rss: process.resourceUsage().maxRSS, held: held !== undefined }))
}

function run(name, file) {
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--child', name, file], { encoding: 'utf8' }))
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Bare and ours in turn; the ratio of each pair, so that a busy machine meets both alike. */
function compare(title, bare, ours, file, measure) {
  const pairs = Array.from({ length: ROUNDS }, () => [run(bare, file)[measure], run(ours, file)[measure]])
  const ratios = pairs.map(([base, own]) => own / base).sort((a, b) => a - b)
  const [base, own] = [Math.min(...pairs.map(([first]) => first)), Math.min(...pairs.map(([, second]) => second))]
  const unit = measure === 'ms' ? 'ms' : 'MB'
  const scale = measure === 'ms' ? 1 : 1024
  const numbers = [ratios[0], median(ratios), ratios.at(-1)].map((ratio) => ratio.toFixed(2).padStart(6)).join(' ')
  const fastest = `${(base / scale).toFixed(0)} → ${(own / scale).toFixed(0)} ${unit}`
  console.log(`${title.padEnd(42)} ${numbers}   best ${fastest} = ${(own / base).toFixed(2)}, budget ${BUDGETS[title].toFixed(1)}`)
  return own / base <= BUDGETS[title]
}

function main() {
  const { json, yaml } = fetchDocument()
  console.log(`Node ${process.version}, ${ROUNDS} pairs of fresh processes, ratio to the bare parser of the same bytes: min, median, max`)
  const kept = [
    compare('json: load and link', 'json-bare', 'json-link', json, 'ms'),
    compare('json: load, link and read every schema', 'json-bare', 'json-read', json, 'ms'),
    compare('json: memory', 'json-bare', 'json-link', json, 'rss'),
    compare('yaml: load and link', 'yaml-bare', 'yaml-link', yaml, 'ms'),
  ]
  if (process.argv.includes('--check') && kept.includes(false)) {
    console.error('a budget is exceeded')
    process.exitCode = 1
  }
}

const [, , flag, name, file] = process.argv
if (flag === '--child') child(name, file)
else main()
