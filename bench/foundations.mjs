// What the lowest packages cost, in processor time: node bench/foundations.mjs [--check] (after npm run build). Each row: min / median / max.
import { compilePath, getPath, parsePath } from '../packages/fieldpath/dist/index.js'
import { canonicalJson, equalJson, hashJson, readJson, sha256, writeJson } from '../packages/json/dist/index.js'

const ROUNDS = 9
/** How much more than the built-in parser reading with exact numbers may cost, by the fastest rounds. */
const EXACT_BUDGET = 0.15

function time(work) {
  globalThis.gc?.()
  const start = process.cpuUsage()
  work()
  return process.cpuUsage(start).user / 1000
}

/** Milliseconds of each round, sorted; one round before them is not counted. */
function measure(work) {
  return measureTogether(work)[0]
}

/** Several works in turn, so that what else the machine does meets all of them alike. */
function measureTogether(...works) {
  for (const work of works) time(work)
  const rounds = Array.from({ length: ROUNDS }, () => works.map(time))
  return works.map((_, at) => rounds.map((round) => round[at]).sort((a, b) => a - b))
}

function row(name, values, unit) {
  const [min, median, max] = [values[0], values[Math.floor(ROUNDS / 2)], values[ROUNDS - 1]]
  console.log(`${name.padEnd(52)} ${[min, median, max].map((value) => value.toFixed(1).padStart(9)).join(' ')} ${unit}`)
}

function uidOf(at) {
  return sha256(String(at)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

function resources(count, id) {
  return Array.from({ length: count }, (_, at) => ({
    apiVersion: 'bookshop.example/v1alpha1', kind: 'Book',
    metadata: { name: `book-${at}`, namespace: 'default', uid: uidOf(at), generation: at, labels: { 'app.kubernetes.io/name': `x${at}` } },
    spec: { title: `A title that is a bit longer, number ${at}`, price: at / 8, pages: at % 900, tags: ['a', 'b', `c${at % 10}`], inStock: at % 2 === 0 },
    status: { id: id(at), conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  }))
}

const usual = JSON.stringify(resources(20_000, (at) => at))
const pretty = JSON.stringify(JSON.parse(usual), null, 2)
const exact = usual.replace('"id":19999', '"id":9007199254740993')
const megabytes = (text) => `${(text.length / 1e6).toFixed(1)} MB`

console.log(`Node ${process.version}, ${ROUNDS} rounds: min, median, max`)
for (const [name, text] of [['one line', usual], ['indented', pretty]]) {
  const unbounded = { maxDepth: Infinity }
  const [builtIn, ours, scanned] = measureTogether(() => JSON.parse(text), () => readJson(text), () => readJson(text, unbounded))
  row(`JSON.parse, ${name}, ${megabytes(text)}`, builtIn, 'ms')
  row(`readJson, ${name}`, ours, 'ms')
  row(`readJson, ${name}, without the limit of depth`, scanned, 'ms')
  const more = (times) => `${((times[0] / builtIn[0] - 1) * 100).toFixed(1)} %`
  console.log(`    exact numbers cost ${more(scanned)} (budget ${EXACT_BUDGET * 100} %), with the limit of depth ${more(ours)}, by the fastest rounds`)
  if (process.argv.includes('--check') && scanned[0] / builtIn[0] - 1 > EXACT_BUDGET) {
    console.error('a budget is exceeded')
    process.exitCode = 1
  }
}
row('readJson, one integer beyond 2^53 in it', measure(() => readJson(exact)), 'ms')

const read = readJson(usual)
const readExact = readJson(exact)
row('writeJson', measure(() => writeJson(read.value)), 'ms')
row('writeJson, with an exact number', measure(() => writeJson(readExact.value)), 'ms')
row('canonicalJson', measure(() => canonicalJson(read.value)), 'ms')
row('hashJson', measure(() => hashJson(read.value)), 'ms')
row(`sha256 of ${megabytes(usual)}`, measure(() => sha256(usual)), 'ms')
const twin = readJson(usual)
row('equalJson of two equal values', measure(() => equalJson(read.value, twin.value)), 'ms')

const READS = 1_000_000
const book = read.value[7]
for (const text of ['spec.title', 'metadata.labels.["app.kubernetes.io/name"]', 'status.conditions[0].type', 'status.conditions[?type=Ready].status']) {
  const path = parsePath(text).path
  const compiled = compilePath(path)
  row(`compiled ${text}`, measure(() => { for (let at = 0; at < READS; at += 1) compiled(book) }).map((ms) => (ms * 1e6) / READS), 'ns a read')
  if (text === 'spec.title') row('getPath of the same', measure(() => { for (let at = 0; at < READS; at += 1) getPath(book, path) }).map((ms) => (ms * 1e6) / READS), 'ns a read')
}
