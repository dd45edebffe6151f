// `npm run mutate [-- packages/json packages/engine …] [--mutants=N] [--seed=N]`: changes one thing in the sources of a pure package, runs its tests,
// and counts which changes nobody noticed. Prints the score of each package and the survivors, with the line as it was and as it became.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSync } from 'vite'

const PURE = ['json', 'fieldpath', 'diagnostics', 'wire', 'openapi', 'expressions', 'structural', 'restdefinition', 'plan', 'model', 'crd', 'planner', 'engine']
const TEST_LIMIT_MS = 120_000
const root = new URL('..', import.meta.url).pathname

const SWAPS = { '===': '!==', '!==': '===', '<': '<=', '<=': '<', '>': '>=', '>=': '>', '+': '-', '-': '+', '&&': '||', '||': '&&' }

/** What one node of the syntax tree can become: [start, end, replacement]. */
function changesOf(node, text) {
  const inside = (child) => text.slice(child.start, child.end)
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return operatorChanges(node, text, inside)
    case 'UnaryExpression':
      return node.operator === '!' ? [[node.start, node.end, `(${inside(node.argument)})`]] : []
    case 'ConditionalExpression':
    case 'IfStatement':
      return ['true', 'false'].map((value) => [node.test.start, node.test.end, value])
    case 'Literal':
      return literalChanges(node)
    case 'ExpressionStatement':
      return node.expression.type === 'CallExpression' ? [[node.start, node.end, ';']] : []
    default:
      return []
  }
}

function operatorChanges({ operator, left, right, start, end }, text, inside) {
  if (operator === '??') return [[start, end, `(${inside(left)})`]]
  const isText = [left, right].some((side) => side.type === 'TemplateLiteral' || (side.type === 'Literal' && typeof side.value === 'string'))
  if (SWAPS[operator] === undefined || (operator === '+' && isText)) return []
  const at = text.indexOf(operator, left.end)
  return [[at, at + operator.length, SWAPS[operator]]]
}

function literalChanges({ value, start, end }) {
  if (typeof value === 'boolean') return [[start, end, String(!value)]]
  return typeof value === 'number' ? [[start, end, String(value + 1)]] : []
}

/** Types have no behaviour; what wraps an expression for the checker alone is looked through. */
function* nodesOf(node) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const each of node) yield* nodesOf(each)
    return
  }
  if (typeof node.type !== 'string') return
  if (node.type.startsWith('TS')) {
    if (node.expression !== undefined) yield* nodesOf(node.expression)
    return
  }
  if (node.type === 'ImportDeclaration') return
  yield node
  for (const [key, child] of Object.entries(node)) if (key !== 'typeAnnotation' && key !== 'returnType' && key !== 'typeArguments') yield* nodesOf(child)
}

function mutantsOf(name) {
  const folder = `packages/${name}/src`
  const files = readdirSync(join(root, folder), { recursive: true }).map(String).filter((file) => file.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(file))
  return files.flatMap((file) => {
    const path = `${folder}/${file}`
    const text = readFileSync(join(root, path), 'utf8')
    return [...nodesOf(parseSync(path, text).program)].flatMap((node) => changesOf(node, text).map(([start, end, becomes]) => ({ path, start, end, becomes })))
  })
}

/** The same sample for the same seed on every machine. */
function sample(mutants, count, seed) {
  let state = seed
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return mutants.map((mutant) => ({ mutant, rank: random() })).toSorted((a, b) => a.rank - b.rank).slice(0, count).map(({ mutant }) => mutant)
}

/** Whether the tests of the package, or else those of the whole, notice. */
function isNoticed(scratch, name) {
  return [`packages/${name}/src`, 'test/unit'].some((folder) => {
    const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', '--project', 'unit', '--bail=1', '--reporter=dot', folder], { cwd: scratch, stdio: 'ignore', timeout: TEST_LIMIT_MS })
    return status !== 0
  })
}

function lineOf(text, at) {
  const before = text.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  const end = text.indexOf('\n', at)
  return { line: before.split('\n').length, text: text.slice(start, end === -1 ? undefined : end).trim() }
}

function tell({ path, start, end, becomes }, text) {
  const { line, text: was } = lineOf(text, start)
  const { text: is } = lineOf(text.slice(0, start) + becomes + text.slice(end), start)
  console.log(`  survived ${path}:${line}\n    - ${was}\n    + ${is}`)
}

function mutate(scratch, name, { count, seed }) {
  if (isNoticed(scratch, name)) throw new Error(`the tests of packages/${name} are red before anything is changed`)
  const all = mutantsOf(name)
  const chosen = sample(all, count, seed)
  let noticed = 0
  for (const mutant of chosen) {
    const text = readFileSync(join(root, mutant.path), 'utf8')
    writeFileSync(join(scratch, mutant.path), text.slice(0, mutant.start) + mutant.becomes + text.slice(mutant.end))
    if (isNoticed(scratch, name)) noticed += 1
    else tell(mutant, text)
    writeFileSync(join(scratch, mutant.path), text)
  }
  console.log(`${name}: ${noticed} of ${chosen.length} changes noticed (${((100 * noticed) / Math.max(1, chosen.length)).toFixed(1)} %), drawn from ${all.length} with seed ${seed}`)
}

function scratchCopy() {
  const scratch = mkdtempSync(join(tmpdir(), 'oasgen-mutate-'))
  const entries = readdirSync(root).filter((name) => ['packages', 'examples', 'specs', 'crds', 'charts', 'docs', 'scripts', 'test', 'package.json'].includes(name) || /config.*\.(json|ts)$/.test(name))
  for (const entry of entries) {
    cpSync(join(root, entry), join(scratch, entry), { recursive: true, filter: (path) => !/\/(dist|bundle|node_modules)(\/|$)/.test(path.slice(root.length)) })
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'))
  return scratch
}

const options = process.argv.slice(2)
const number = (name, otherwise) => Number(options.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise)
const named = options.filter((each) => !each.startsWith('--')).map((each) => each.replace(/^packages\//, '').replace(/\/$/, ''))
const scratch = scratchCopy()
try {
  for (const name of named.length > 0 ? named : PURE) mutate(scratch, name, { count: number('mutants', 60), seed: number('seed', 1) })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
