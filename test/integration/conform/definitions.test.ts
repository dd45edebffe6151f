import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CORE_SCHEMA, load, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { conformDefinition, PHASES, type ScoredLife } from '@oasgen/conform'
import { textOf, type JsonObject } from '@oasgen/json'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Definitions that do not live to the end, and why that is right. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'missing-verb': 'the definition names a path that the document does not have, which is an error',
  'envelope-named': 'the case is about the CRD: its definition keeps no id that get could be addressed by, which is an error',
  'steps': 'the case is about the CRD: its expression reads steps.make.id, and an answer has steps.make.body.id',
}

const goldens = readdirSync(join(root, 'specs/crd')).filter((name) => existsSync(join(root, 'specs/crd', name, 'restdefinition.yaml')))

describe('every golden definition lives through a hostile copy of its API', () => {
  it.each(goldens)('%s', async (name) => {
    const folder = join(root, 'specs/crd', name)
    const definition = load(readFileSync(join(folder, 'restdefinition.yaml'), 'utf8'), { schema: CORE_SCHEMA }) as JsonObject
    const document = readdirSync(folder).find((file) => file.startsWith('openapi.')) ?? 'openapi.yaml'
    const score = await conformDefinition({ uri: document, bytes: readFileSync(join(folder, document)) }, definition, { switches: ['none', 'eventual+error5xxAfter'] })
    const isFine = 'lives' in score && score.problem === undefined && score.lives.every((life) => life.result === 'converged' || asksRightly(life, definition))
    expect(isFine, 'lives' in score ? `${score.problem ?? ''}${score.lives.map(toldBy).join('\n')}` : score.findings.map(({ message }) => message).join('\n')).toBe(EXCEPTIONS[name] === undefined)
    if ('lives' in score) expect(score.lives.filter(({ result }) => result === 'wrong').map(toldBy)).toEqual([])
  })
})

/** Without a look-up nothing tells what became of a create: a person is asked, as R3 wants it. */
function asksRightly(life: ScoredLife, definition: JsonObject): boolean {
  const { verbsDescription } = (definition.spec as JsonObject).resource as { readonly verbsDescription: readonly JsonObject[] }
  return life.switch !== 'none' && life.result === 'told' && life.told.includes('CreateUnknown') && !verbsDescription.some(({ action }) => action === 'findby')
}

/** A switch that goes against what the definition says of this API may end in a told stop; never in anything worse. */
const MAY_BE_TOLD: Readonly<Record<string, string>> = {
  decorated: 'the API gives other values than it was sent, and nothing says how to read them',
  'powerdns record duplicateIds': 'records have no id: nobody can tell two equal rows from one that is shown twice',
}

function mayBeTold(name: string, behaviour: string): boolean {
  return Object.hasOwn(MAY_BE_TOLD, behaviour) || Object.hasOwn(MAY_BE_TOLD, `${name} ${behaviour}`)
}

/** Our own shop takes them all; `OASGEN_SWITCHES=all` gives them to everybody. */
const FEW = ['none', 'error5xxAfter', 'htmlSuccess', 'emptyBody', 'eventual+error5xxAfter', 'defaults', 'duplicateIds']

function switchesFor(name: string): { readonly switches?: readonly string[] } {
  return name.startsWith('bookshop') || process.env['OASGEN_SWITCHES'] === 'all' ? {} : { switches: FEW }
}

describe('every example lives under switches', () => {
  it.concurrent.each(examples().filter(({ name }) => !Object.hasOwn(NOT_FROM_THE_DOCUMENT, name)))('$name', async ({ name, definition, document, spec }) => {
    const score = await conformDefinition({ uri: textOf((definition.spec as JsonObject).oasPath), ...document }, definition, { ...switchesFor(name), ...(spec && { spec }) })
    if (!('lives' in score)) throw new Error(score.findings.map(({ message }) => message).join('\n'))
    expect(score.problem).toBeUndefined()
    expect(score.lives.filter((life) => life.result === 'wrong' && !isKnown(textOf((definition.metadata as JsonObject).name), life.switch)).map(toldBy)).toEqual([])
    expect(score.lives.filter((life) => life.result === 'told' && !mayBeTold(name, life.switch)).map(toldBy)).toEqual([])
  })
})

/** What a server that knows the document alone cannot play; `test/servers` plays it. */
const NOT_FROM_THE_DOCUMENT: Readonly<Record<string, string>> = {
  'github collaborator': 'its look asks another resource, the permission of a user, which follows from the membership by what GitHub does',
}

/** Not right, and known: what the engine still has to learn. */
const KNOWN: Readonly<Record<string, string>> = {
  'order decorated': 'the look-up of the definition cannot find what an operation made under another name; after three a person is asked (ENG0408)',
}

function isKnown(name: string, under: string): boolean {
  return KNOWN[`${name} ${under}`] !== undefined
}

function toldBy(life: ScoredLife): string {
  const phases = PHASES.flatMap((phase) => {
    const result = life.phases[phase]
    return result.type === 'told' ? [`${phase}: told ${result.reason} ${result.message}`] : result.type === 'wrong' ? [`${phase}: ${result.problem}`] : []
  })
  const { duplicates } = life.ledger
  return `${life.switch}: ${life.result} ${phases.join('; ')} ${duplicates} duplicates, ${life.orphans} orphans, ${life.needlessWrites} needless writes ${life.dishonest.join('; ')}`
}

interface Example {
  readonly name: string
  readonly definition: JsonObject
  readonly document: { readonly bytes: Uint8Array }
  readonly spec: JsonObject | undefined
}

/** Documents of the servers that nobody here wrote are not ours to keep. */
const SHARED = join(process.env['OASGEN_SHARED'] ?? join(root, '../shared'), 'servers')
const THEIR_NAMES: Readonly<Record<string, string>> = { powerdns: 'pdns' }

function documentOf(folder: string, objects: readonly JsonObject[]): { readonly bytes: Uint8Array } | undefined {
  const files = [join(root, 'examples', folder, 'openapi.yaml'), join(SHARED, THEIR_NAMES[folder] ?? folder, 'openapi.json')]
  const data = objects.flatMap(({ kind, data: texts }) => (kind === 'ConfigMap' && texts !== null && typeof texts === 'object' ? Object.values(texts) : []))
  const inside = data.find((text) => typeof text === 'string' && /openapi|swagger/.test(text))
  const file = files.find((each) => existsSync(each))
  return typeof inside === 'string' ? { bytes: Buffer.from(inside) } : file === undefined ? undefined : { bytes: readFileSync(file) }
}

/** Every definition in the folders of `examples`. */
function examples(): readonly Example[] {
  return readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap(({ name: folder }) => {
    const manifests = join(root, 'examples', folder, 'manifests')
    const objects = existsSync(manifests) ? readdirSync(manifests).flatMap((file) => readObjects(join(manifests, file))) : []
    const definitions = objects.filter(({ kind }) => kind === 'RestDefinition')
    const document = documentOf(folder, objects)
    if (document === undefined && definitions.length > 0) process.stdout.write(`not run: folder absent (${definitions.length} definitions of ${folder})\n`)
    return document === undefined ? [] : definitions.map((definition) => exampleOf({ folder, document, definition, objects }))
  })
}

function exampleOf({ folder, document, definition, objects }: { readonly folder: string; readonly document: Example['document']; readonly definition: JsonObject; readonly objects: readonly JsonObject[] }): Example {
  const metadata = definition.metadata as JsonObject
  const kind = ((definition.spec as JsonObject).resource as JsonObject).kind
  const resource = objects.find((object) => object.kind === kind)
  return { name: `${folder} ${textOf(metadata.name)}`, definition: { ...definition, metadata: { namespace: 'default', ...metadata } }, document, spec: resource?.spec as JsonObject | undefined }
}

function readObjects(file: string): readonly JsonObject[] {
  return (loadAll(readFileSync(file, 'utf8'), undefined, { schema: CORE_SCHEMA }) as readonly (JsonObject | null)[]).filter((object) => object !== null)
}
