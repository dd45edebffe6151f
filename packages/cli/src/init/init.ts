import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { linkDocument, readDocument, readManifestText, readSourceUri, type Document } from '@oasgen/openapi'
import { compileDefinition, type Compiled } from '@oasgen/provider'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { createTransport } from '@oasgen/transport'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { printYaml } from '../yaml.js'
import { carryDocument, type CarriedDocument } from './carry.js'
import { detectResources } from './detect.js'
import { configurationText } from './configuration.js'
import { exampleOf, partsOf } from './example.js'
import { pick } from './picker.js'
import { completeProposal, type Proposal } from './propose.js'
import { dashed, definitionText } from './write.js'

export interface InitOptions {
  readonly group?: string
  readonly kind?: readonly string[]
  readonly all?: boolean
  readonly outputDir: string
  /** What the definitions shall name as their document; default: the address that was given. */
  readonly oasPath?: string
  readonly list?: boolean
  readonly output?: string
}

interface Judged {
  readonly proposal: Proposal
  readonly text: string
  readonly compiled: Compiled
}

/** Finds the resources of a document and writes RestDefinitions with an example each, ready to apply. */
export async function init(io: CommandIo, address: string, options: InitOptions): Promise<ExitCode> {
  const bytes = await read(io, address)
  const carried = options.oasPath === undefined && !/^[a-z]+:\/\//.test(address) ? carryDocument(address, bytes) : undefined
  const oasPath = options.oasPath ?? carried?.oasPath ?? address
  const source = readDocument(bytes, { uri: oasPath })
  if (source.value === undefined) {
    io.err(findingsText(io, source.findings))
    return EXIT.found
  }
  const document = linkDocument(source.value)
  const group = options.group ?? groupFor(document)
  const judged = judgeAll(document, { bytes, oasPath, group })
  if (options.output === 'json') {
    io.out(`${JSON.stringify(judged.map(factsOf), undefined, 2)}\n`)
    return EXIT.ok
  }
  const isPicking = io.keys !== undefined && io.isTerminal && options.list !== true && options.all !== true && options.kind === undefined && judged.length > 0
  io.out(isPicking ? `${headline(document, judged)}\n` : overview(document, judged))
  if (options.list === true) return EXIT.ok
  const chosen = isPicking ? await picked(io, judged) : choose(judged, options)
  if (chosen === 'cancelled') return EXIT.interrupted
  if (chosen.length === 0) io.note('\nwrite some of them: oasgen init … --kind Zone --kind Record, or --all\n')
  if (chosen.length > 0 && carried !== undefined) writeDocument(io, carried, options.outputDir)
  for (const one of chosen) writeFiles(io, one, options)
  return EXIT.ok
}

async function picked(io: CommandIo, judged: readonly Judged[]): Promise<readonly Judged[] | 'cancelled'> {
  const choices = judged.map((one) => ({ label: one.proposal.kind, detail: `${markOf(one)} ${one.proposal.collection}  ${Object.keys(one.proposal.verbs).join(' ')}`, ...(isBroken(one) && { disabled: true as const }) }))
  const numbers = await pick(io, choices, io.keys?.() ?? nothing())
  return numbers === 'cancelled' ? numbers : numbers.flatMap((number) => judged[number] ?? [])
}

async function* nothing(): AsyncGenerator<string> {
  // Without keys nothing is ever pressed.
}

/** One resource for programs. */
function factsOf(one: Judged): object {
  const { proposal, compiled } = one
  return {
    kind: proposal.kind, collection: proposal.collection, ...(proposal.item !== undefined && { item: proposal.item }), verbs: proposal.verbs, shape: proposal.shape, parents: proposal.parents,
    ...(proposal.idField !== undefined && { id: proposal.idField }), identifiers: proposal.identifiers, ...(proposal.itemsPath !== undefined && { itemsPath: proposal.itemsPath }),
    ...(proposal.pagination && { pagination: proposal.pagination }), state: isBroken(one) ? 'broken' : isComplete(one) ? 'complete' : 'incomplete', notes: proposal.notes,
    problems: compiled.findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`),
  }
}

async function read(io: CommandIo, address: string): Promise<Uint8Array> {
  if (address === '-') return Buffer.from(await io.readStdin())
  const file = resolve(io.cwd, address)
  if (existsSync(file)) return readFileSync(file)
  const source = readSourceUri(address).value
  if (source === undefined || source.kind === 'file' || source.kind === 'configMap' || source.kind === 'secret') throw new CommandError(`cannot read ${address}: there is no such file`, { code: EXIT.unavailable })
  const transport = createTransport({ proxyEnvironment: io.env, privateAddresses: 'allow' })
  try {
    const answer = await transport.fetchDocument(source, { privateAddresses: 'allow' })
    if (answer.type === 'document') return answer.bytes
    throw new CommandError(answer.type === 'failure' ? answer.finding.message : 'the server says that nothing changed', { code: EXIT.unavailable })
  } finally {
    await transport.close()
  }
}

/** `api.example.com` → `api.example.com`; a document without a host gets a name of its title. */
function groupFor(document: Document): string {
  const host = /^https?:\/\/([^/:?#]+)/.exec(document.servers[0]?.url ?? '')?.[1] ?? ''
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && !/^\d+(\.\d+)+$/.test(host)) return host
  const info = isObject(document.source.root.info) ? textOf(document.source.root.info.title) : ''
  const word = info.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40)
  return `${word === '' ? 'api' : word}.example.com`
}

interface Facts {
  readonly bytes: Uint8Array
  readonly oasPath: string
  readonly group: string
}

export function judgeAll(document: Document, { bytes, oasPath, group }: Facts): readonly Judged[] {
  const parsed = new Map()
  return detectResources(document.operations()).map((shape) => {
    const proposal = completeProposal(document, shape)
    const text = definitionText(proposal, { oasPath, group })
    const definition = readManifestText(text, 'definition.yaml').value?.[0]?.value as JsonObject
    return { proposal, text, compiled: compileDefinition({ definition: withNamespace(definition), document: { uri: oasPath, bytes }, overlays: {}, others: {} }, parsed) }
  })
}

function withNamespace(definition: JsonObject): JsonObject {
  return { ...definition, metadata: { namespace: 'default', ...(isObject(definition.metadata) ? definition.metadata : {}) } }
}

function headline(document: Document, judged: readonly Judged[]): string {
  const operations = [...document.operations()].length
  const complete = judged.filter(isComplete).length
  return `${operations} operations · ${judged.length} resources found · ${complete} complete · ${judged.length - complete} need a word from you`
}

function markOf(one: Judged): string {
  return isBroken(one) ? '!' : isComplete(one) ? '✓' : '?'
}

function overview(document: Document, judged: readonly Judged[]): string {
  const width = Math.max(8, ...judged.map(({ proposal }) => proposal.kind.length))
  const lines = judged.map((one) => {
    const { proposal } = one
    const mark = markOf(one)
    const words = isBroken(one) ? (one.compiled.findings.find(({ severity }) => severity === 'error')?.message ?? '') : [...proposal.notes, pagingWord(proposal)].filter((word) => word !== '').join('; ')
    const verbs = Object.keys(proposal.verbs).join(' ')
    return `   ${mark} ${proposal.kind.padEnd(width)}  ${proposal.collection}  ${verbs}${proposal.idField === undefined ? '' : `  id: ${proposal.idField}`}${words === '' ? '' : `\n     ${' '.repeat(width)}  ${words}`}`
  })
  return [headline(document, judged), '', ...lines, ''].join('\n')
}

function pagingWord({ pagination }: Proposal): string {
  return pagination === undefined ? '' : { linkHeader: 'paged by Link header', pageNumber: 'paged by number', offset: 'paged by offset', continuationToken: 'paged by token', nextUrl: 'paged by a link in the answer' }[pagination.type]
}

function isBroken({ compiled }: Judged): boolean {
  return compiled.plan === undefined || compiled.findings.some(({ severity }) => severity === 'error')
}

function isComplete(judged: Judged): boolean {
  return !isBroken(judged) && judged.proposal.notes.length === 0
}

function choose(judged: readonly Judged[], { kind, all }: InitOptions): readonly Judged[] {
  if (all === true) return judged.filter((one) => !isBroken(one))
  return (kind ?? []).map((wanted) => {
    const found = judged.find(({ proposal }) => proposal.kind.toLowerCase() === wanted.toLowerCase())
    if (found === undefined) throw new CommandError(`no resource ${wanted} was found in the document`, { help: `found: ${judged.map(({ proposal }) => proposal.kind).join(', ')}` })
    return found
  })
}

const NO_SERVER = 'MDL0205'

function writeFiles(io: CommandIo, { proposal, text, compiled }: Judged, { outputDir }: InitOptions): void {
  const name = dashed(proposal.kind)
  const { resourceCrd, configurationCrd } = compiled
  const configuration = configurationCrd === undefined ? undefined : configurationText(configurationCrd, name, { hasServer: !compiled.findings.some(({ code }) => code === NO_SERVER) })
  writeNew(io, outputDir, `${name}.restdefinition.yaml`, text)
  if (configuration !== undefined) writeNew(io, outputDir, `${name}.configuration.yaml`, configuration)
  if (resourceCrd !== undefined) writeNew(io, outputDir, `${name}.example.yaml`, exampleText(resourceCrd, configuration === undefined ? undefined : name))
}

function writeDocument(io: CommandIo, { name, configMap }: CarriedDocument, outputDir: string): void {
  writeNew(io, outputDir, `${name}.configmap.yaml`, printYaml(configMap))
}

function writeNew(io: CommandIo, outputDir: string, file: string, content: string): void {
  const folder = resolve(io.cwd, outputDir)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, file)
  if (existsSync(path)) {
    // The same document serves definitions that are written one after another.
    if (readFileSync(path, 'utf8') === content) return
    throw new CommandError(`${join(outputDir, file)} is there already`, { help: 'move it away, or write elsewhere with --output-dir' })
  }
  writeFileSync(path, content)
  io.note(`wrote ${join(outputDir, file)}\n`)
}

function exampleText(crd: JsonObject, configuration: string | undefined): string {
  const { head, spec } = partsOf(crd)
  const example = exampleOf(spec) as JsonObject
  return printYaml({ ...head, metadata: { name: 'example' }, spec: configuration === undefined ? example : { configurationRef: { name: configuration }, ...example } })
}
