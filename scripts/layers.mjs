// What the architecture promises, checked on the sources: imports point downward and go through index files,
// pure packages touch no IO, clock or randomness, and tsconfig references mirror package.json.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The layer of each package; a package imports lower layers only, `structural` → `expressions` being the one exception. */
export const LAYER = {
  diagnostics: 0, json: 0, fieldpath: 0, wire: 0,
  openapi: 1, expressions: 1, structural: 1, restdefinition: 1, plan: 1,
  model: 2,
  crd: 3, planner: 3,
  engine: 4,
  transport: 5, kube: 5, controller: 5, apiserver: 5,
  provider: 6, 'rest-controller': 6,
  conform: 7,
  cli: 8,
  testkit: 9,
}
const PURE_BELOW = 5
// The command brings the bookshop along for `up --demo`.
const OUTSIDE = { cli: ['@oasgen/example-bookshop'] }
const SAME_LAYER = new Set(['structural>expressions', 'fieldpath>json', 'wire>json', 'controller>kube'])

const IMPURE = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'reads the clock: take an Instant as argument'],
  [/\bMath\.random\b|\bcrypto\.(randomUUID|getRandomValues)\b/, 'uses randomness: take it as argument'],
  [/\bprocess\.|\bglobalThis\b|\bsetTimeout\b|\bsetInterval\b|\bfetch\(/, 'reaches outside: IO lives in transport, kube, controller and the programs'],
  [/from 'node:|from "node:|\brequire\(['\x22]/, 'imports a Node module'],
]

export function checkLayers(root) {
  return readdirSync(join(root, 'packages')).flatMap((name) => checkPackage(root, name))
}

function checkPackage(root, name) {
  const folder = join(root, 'packages', name)
  if (!existsSync(join(folder, 'package.json'))) return []
  if (!Object.hasOwn(LAYER, name)) return [`packages/${name}: has no layer in scripts/layers.mjs`]
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
  const files = readdirSync(join(folder, 'src'), { recursive: true }).map(String).filter((file) => file.endsWith('.ts'))
  return [
    ...checkManifest(name, declared),
    ...checkReferences(folder, name, declared),
    ...files.flatMap((file) => checkFile({ folder, name, file, declared })),
  ]
}

function checkManifest(name, declared) {
  return [...declared]
    .filter((dependency) => dependency.startsWith('@oasgen/') && !(OUTSIDE[name] ?? []).includes(dependency))
    .map((dependency) => dependency.slice('@oasgen/'.length))
    .filter((dependency) => !isBelow(name, dependency))
    .map((dependency) => `packages/${name}/package.json: @oasgen/${dependency} is not in a lower layer`)
}

function isBelow(name, dependency) {
  return (LAYER[dependency] ?? Infinity) < LAYER[name] || SAME_LAYER.has(`${name}>${dependency}`)
}

function checkReferences(folder, name, declared) {
  const wanted = [...declared].filter((d) => d.startsWith('@oasgen/')).map((d) => `../${d.slice('@oasgen/'.length)}`)
  const references = (JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).references ?? []).map((r) => r.path)
  const missing = wanted.filter((path) => !references.includes(path) && !path.includes('example-'))
  return missing.map((path) => `packages/${name}/tsconfig.json: no reference to ${path}`)
}

function checkFile({ folder, name, file, declared }) {
  const isTest = /\.(test|testing)\.ts$/.test(file)
  const lines = readFileSync(join(folder, 'src', file), 'utf8').split('\n')
  const problems = []
  lines.forEach((line, index) => {
    const where = `packages/${name}/src/${file}:${index + 1}`
    for (const problem of lineProblems({ line, name, file, isTest, declared })) problems.push(`${where}: ${problem}`)
  })
  return problems
}

function lineProblems({ line, name, file, isTest, declared }) {
  const problems = []
  const code = line.replace(/\/\/.*$/, '').replace(/^\s*\*.*$/, '')
  const imported = /(?:\bfrom|\bimport\(?)\s*'([^']+)'/.exec(code)?.[1]
  if (/^export default\b/.test(code)) problems.push('default export: name it')
  if (imported?.startsWith('@oasgen/')) {
    if (imported.split('/').length > 2) problems.push(`${imported}: only the index of a package may be imported`)
    if (!isTest && !declared.has(imported.split('/').slice(0, 2).join('/'))) problems.push(`${imported} is not a dependency of this package`)
  }
  // The catalogue is prose about IO, not IO.
  if (!isTest && LAYER[name] < PURE_BELOW && !file.startsWith('catalogue/')) {
    for (const [pattern, why] of IMPURE) if (pattern.test(withoutStrings(code, pattern))) problems.push(why)
  }
  return problems
}

// Words inside quotes are text of messages, not calls; import paths must stay visible to their own rule.
function withoutStrings(code, pattern) {
  return pattern.source.includes('from') ? code : code.replace(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/g, "''")
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const problems = checkLayers(process.argv[2] ?? '.')
  for (const problem of problems) console.error(problem)
  process.exit(problems.length === 0 ? 0 : 1)
}
