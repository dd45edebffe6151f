import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, metadataOf, SECRETS, type Kube } from '@oasgen/kube'
import { readSourceUri, type DocumentSource } from '@oasgen/openapi'
import { compileDefinition, type Compiled, type SourceText } from '@oasgen/provider'
import { createTransport, type Transport } from '@oasgen/transport'
import type { CommandIo } from '../io.js'
import type { Manifest } from '../kubectl/manifests.js'

export interface CompileOptions {
  /** `<name>=<file or address>` or one address for all: read in place of what oasPath says. */
  readonly document?: readonly string[]
  /** Asked for ConfigMaps and Secrets that are not among the files. */
  readonly clusterObject?: ClusterObject
}

export type ClusterObject = (kind: 'ConfigMap' | 'Secret', ref: { readonly namespace: string; readonly name: string }) => Promise<JsonObject | undefined>

export function clusterDocuments(kube: Kube): ClusterObject {
  return async (kind, ref) => {
    const answer = await kube.get(kind === 'Secret' ? SECRETS : CONFIG_MAPS, ref)
    return answer.ok ? answer.value : undefined
  }
}

/** One RestDefinition of the files and what it gives. */
export interface CompiledDefinition {
  readonly manifest: Manifest
  readonly name: string
  readonly compiled: Compiled
  /** The document as it was read; absent where it could not be. */
  readonly document?: SourceText
}

export const DEFINITION_KIND = 'RestDefinition'

/** Compiles every RestDefinition of the manifests, with documents from ConfigMaps among them, files or the network. */
export async function compileManifests(io: CommandIo, manifests: readonly Manifest[], options: CompileOptions): Promise<readonly CompiledDefinition[]> {
  const transport = createTransport({ proxyEnvironment: io.env, privateAddresses: 'allow' })
  try {
    const definitions = manifests.filter(({ object }) => object.kind === DEFINITION_KIND)
    const loader: Loader = { io, manifests, transport, options, held: new Map() }
    return await Promise.all(definitions.map((manifest) => compileOne(loader, manifest)))
  } finally {
    await transport.close()
  }
}

interface Loader {
  readonly io: CommandIo
  readonly manifests: readonly Manifest[]
  readonly transport: Transport
  readonly options: CompileOptions
  readonly held: Map<string, Promise<Loaded>>
}

type Loaded = { readonly text: SourceText } | { readonly finding: Finding }

async function compileOne(loader: Loader, manifest: Manifest): Promise<CompiledDefinition> {
  const name = textOf(metadataOf(manifest.object).name)
  const spec = isObject(manifest.object.spec) ? manifest.object.spec : {}
  const published = textOf(spec.oasPath)
  const document = await load(loader, manifest, overridden(loader.options, name) ?? published)
  if ('finding' in document) return { manifest, name, compiled: { findings: [document.finding] } }
  // A copy is read in place of the published document, whose address relative servers and references still start from.
  const text = /^https?:/.test(published) ? { ...document.text, uri: published } : document.text
  const overlays: Record<string, SourceText> = {}
  for (const path of overlayPaths(spec)) {
    const overlay = await load(loader, manifest, path)
    if ('finding' in overlay) return { manifest, name, compiled: { findings: [overlay.finding] } }
    overlays[path] = overlay.text
  }
  return { manifest, name, document: text, compiled: await compileWithOthers(loader, manifest, { document: text, overlays }) }
}

const MOST_ROUNDS = 10

async function compileWithOthers(loader: Loader, manifest: Manifest, sources: { readonly document: SourceText; readonly overlays: Readonly<Record<string, SourceText>> }): Promise<Compiled> {
  const others: Record<string, SourceText> = {}
  const definition = withNamespace(manifest.object)
  const definitionSource = { uri: manifest.file, positionOf: (pointer: string) => manifest.place(pointer).position }
  for (let round = 0; ; round++) {
    const compiled = compileDefinition({ definition, definitionSource, ...sources, others })
    if (compiled.wanted === undefined || round === MOST_ROUNDS) return compiled
    for (const uri of compiled.wanted) {
      const loaded = await load(loader, manifest, uri)
      if ('finding' in loaded) return { findings: [...compiled.findings, loaded.finding] }
      others[uri] = loaded.text
    }
  }
}

function withNamespace(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  return { ...object, metadata: { namespace: 'default', ...metadata } }
}

function overridden({ document = [] }: CompileOptions, name: string): string | undefined {
  const own = document.find((entry) => entry.startsWith(`${name}=`))
  return own === undefined ? document.find((entry) => !/^[\w.-]+=/.test(entry)) : own.slice(name.length + 1)
}

function overlayPaths(spec: JsonObject): readonly string[] {
  const overlays = isObject(spec.document) && isArray(spec.document.overlays) ? spec.document.overlays : []
  return overlays.flatMap((overlay) => (typeof overlay === 'string' ? [overlay] : isObject(overlay) && typeof overlay.path === 'string' ? [overlay.path] : []))
}

function load(loader: Loader, manifest: Manifest, address: string): Promise<Loaded> {
  const key = `${manifest.file}\n${address}`
  const known = loader.held.get(key)
  if (known !== undefined) return known
  const loading = loadNow(loader, manifest, address)
  loader.held.set(key, loading)
  return loading
}

async function loadNow(loader: Loader, manifest: Manifest, address: string): Promise<Loaded> {
  const read = readSourceUri(address, manifest.place('/spec/oasPath'))
  const source = read.value
  const problem = read.findings.find(({ severity }) => severity === 'error')
  if (source === undefined || problem !== undefined) return { finding: problem ?? notThere(manifest, address, 'it is no address of a document') }
  if (source.kind === 'configMap' || source.kind === 'secret') return fromManifests(loader, manifest, source)
  if (source.kind === 'file') return fromFile(loader, manifest, source.path)
  const answer = await loader.transport.fetchDocument(source, { files: 'allow', privateAddresses: 'allow' })
  if (answer.type === 'document') return { text: { uri: source.uri, bytes: answer.bytes } }
  return answer.type === 'failure' ? { finding: { ...answer.finding, where: manifest.place('/spec/oasPath') } } : { finding: notThere(manifest, address, 'the server says that it has not changed') }
}

async function fromManifests({ manifests, options }: Loader, manifest: Manifest, source: DocumentSource & { readonly kind: 'configMap' | 'secret' }): Promise<Loaded> {
  const kind = source.kind === 'secret' ? 'Secret' : 'ConfigMap'
  const file = manifests.find(({ object }) => object.kind === kind && metadataOf(object).name === source.name)
  const found = file?.object ?? await options.clusterObject?.(kind, source)
  if (found === undefined) return { finding: notThere(manifest, source.uri, `no ${kind} ${source.name} is among the files${options.clusterObject === undefined ? '' : ' or in the cluster'}`) }
  const bytes = bytesOf(kind, found, source.key)
  return bytes === undefined ? { finding: notThere(manifest, source.uri, `${kind} ${source.name} has no key ${source.key}`) } : { text: { uri: source.uri, bytes } }
}

/** As the provider reads it: plain, in base64 where Kubernetes wants that, and unpacked where it was packed to fit. */
function bytesOf(kind: 'ConfigMap' | 'Secret', object: JsonObject, key: string): Uint8Array | undefined {
  const places = [['data', kind === 'Secret' ? 'base64' : 'utf8'], ['binaryData', 'base64'], ['stringData', 'utf8']] as const
  for (const [member, encoding] of places) {
    const data = object[member]
    const text = isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined
    if (typeof text !== 'string') continue
    const bytes = Buffer.from(text, encoding)
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes
  }
  return undefined
}

const MOST_BYTES = 64 * 1024 * 1024

// A relative path is relative to the file that names it, so that a folder can be moved; else to where the command runs.
function fromFile({ io }: Loader, manifest: Manifest, path: string): Loaded {
  for (const base of [dirname(resolve(io.cwd, manifest.file)), io.cwd]) {
    try {
      const full = resolve(base, path)
      return { text: { uri: path, bytes: readFileSync(full) } }
    } catch {
      continue
    }
  }
  return { finding: notThere(manifest, path, 'there is no such file') }
}

function notThere(manifest: Manifest, address: string, why: string): Finding {
  return finding('CLI0101', { address, why }, { where: manifest.place('/spec/oasPath') })
}
