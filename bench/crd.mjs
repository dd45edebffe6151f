// What a kind costs: node bench/crd.mjs [--check] (after npm run build). Processor time, so that other programs count less. Definition,
// model, CRD and verdict of every case of specs/crd, and of the real documents where ../shared/corpus is at hand; then one object of 5 KB.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { load } from 'js-yaml'
import { definitionFor } from '../scripts/corpus-candidates.mjs'
import { renderCrds } from '../packages/crd/dist/index.js'
import { buildModel } from '../packages/model/dist/index.js'
import { linkDocument, readDocument } from '../packages/openapi/dist/index.js'
import { readRestDefinition } from '../packages/restdefinition/dist/index.js'
import { applyDefaults, buildValidator, judgeCrd, prune, readSchema, schemaOfVersion } from '../packages/structural/dist/index.js'

const root = new URL('..', import.meta.url).pathname
const CORPUS = join(process.env.OASGEN_SHARED ?? join(root, '../shared'), 'corpus')
/** Milliseconds that the median may take, and microseconds for one object. */
const BUDGETS = { 'definition to CRD, goldens': 20, 'definition to CRD, real documents': 20, 'admission of an object of 5 KB': 1000 }

function milliseconds(work) {
  const start = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(start)
  return { result, took: (user + system) / 1000 }
}

const at = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
const kept = []

function row(name, values, unit) {
  const [median, most, longest] = [0.5, 0.95, 1].map((share) => at(values, share).toFixed(1).padStart(8))
  const budget = BUDGETS[name]
  console.log(`${name.padEnd(38)} ${median} ${most} ${longest} ${unit.padEnd(3)} of ${String(values.length).padStart(5)}${budget === undefined ? '' : `   budget of the median ${budget}`}`)
  kept.push(budget === undefined || at(values, 0.5) <= budget)
}

function measure(name, cases) {
  const times = { whole: [], judge: [] }
  for (const { document, definition } of cases) {
    const { result, took } = milliseconds(() => renderCrds(buildModel(document, readRestDefinition(definition).value).value))
    times.whole.push(took)
    times.judge.push(milliseconds(() => judgeCrd(result.resource)).took)
  }
  row(`definition to CRD, ${name}`, times.whole, 'ms')
  row(`verdict on the CRD, ${name}`, times.judge, 'ms')
}

function goldenCases() {
  const folder = join(root, 'specs/crd')
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const read = (name) => ({
    document: linkDocument(readDocument(readFileSync(join(folder, name, 'openapi.yaml')), { uri: name }).value),
    definition: load(readFileSync(join(folder, name, 'restdefinition.yaml'), 'utf8')),
  })
  for (const name of names.slice(0, 20)) renderCrds(buildModel(read(name).document, readRestDefinition(read(name).definition).value).value)
  return names.map(read)
}

function* corpusCases() {
  const candidates = JSON.parse(readFileSync(join(CORPUS, 'candidates.json'), 'utf8'))
  for (const file of new Set(candidates.map((each) => each.file))) {
    const document = linkDocument(readDocument(gunzipSync(readFileSync(join(CORPUS, file))), { uri: file }).value)
    for (const candidate of candidates.filter((each) => each.file === file)) {
      yield { document, definition: definitionFor(document, { ...candidate, update: candidate.update ?? [] }, 'strict') }
    }
  }
}

/** What every write of an object of 5 KB goes through: prune, defaults, schema and rules, against the object before it. */
function measureObject() {
  const crd = load(readFileSync(join(root, 'crds/ogen.krateo.io_restdefinitions.yaml'), 'utf8'))
  const { value: schema } = readSchema(schemaOfVersion(crd, 'v1alpha1'))
  const validator = buildValidator(schema)
  const verb = (action, method) => ({ action, method, path: '/repos/{owner}/{repo}', requestFieldMapping: Array.from({ length: 6 }, (_, index) => ({ inPath: `p${index}`, inCustomResource: `spec.parent${index}` })) })
  const fields = Array.from({ length: 30 }, (_, index) => ({ path: `spec.settings.field${index}`, compare: 'ignore' }))
  const object = {
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'repo', namespace: 'default', generation: 2 },
    spec: { oasPath: 'https://example.com/openapi.json', resourceGroup: 'example.org', resource: { kind: 'Repo', verbsDescription: [verb('get', 'GET'), verb('create', 'POST'), verb('update', 'PATCH'), verb('delete', 'DELETE')], fields, additionalStatusFields: Array.from({ length: 160 }, (_, index) => `field${index}`) } },
  }
  const size = JSON.stringify(object).length
  const admit = () => {
    const made = applyDefaults(schema, prune(schema, object).value)
    return validator.validate(made, { old: made })
  }
  const refused = admit()
  if (refused.length > 0) throw new Error(`the object of the bench is refused: ${JSON.stringify(refused[0])}`)
  for (let warm = 0; warm < 500; warm += 1) admit()
  const times = Array.from({ length: 20 }, () => milliseconds(() => { for (let turn = 0; turn < 50; turn += 1) admit() }).took * 20)
  row('admission of an object of 5 KB', times, 'µs')
  console.log(`    (${size} bytes, 50 at a time)`)
}

console.log(`Node ${process.version}: median, 95 %, longest`)
measure('goldens', goldenCases())
if (existsSync(join(CORPUS, 'candidates.json'))) measure('real documents', corpusCases())
else console.log('not run: folder absent (730 resources of real documents)')
measureObject()
if (process.argv.includes('--check') && kept.includes(false)) {
  console.error('a budget is exceeded')
  process.exitCode = 1
}
