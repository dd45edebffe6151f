import type { Finding } from '@oasgen/diagnostics'
import { hashJson, isArray, isObject, sha256, type JsonObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import type { Compiled } from './compile.js'
import { specText, type DefinitionEdge } from './edge.js'
import { compiledIn, packMemory, type DefinitionMemory } from './memory.js'
import { done, failing, stalled, type Step } from './pass.js'
import type { LoadedSource } from './source.js'

/** What document and definition give now. */
export interface CompiledNow {
  /** Hash of all that was read. */
  readonly inputs: string
  readonly compiled: () => Compiled
  /** What was read before still holds; the newest look at it failed. */
  readonly problem?: { readonly finding: Finding; readonly duration: 'passing' | 'lasting' }
}

type FoundSource = LoadedSource & { readonly state: 'found' }

/** Reads what the definition names and compiles it, unless nothing changed since the last time. */
export async function compileNow(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Step<CompiledNow>> {
  const document = await edge.load(specText(definition, 'oasPath'), definition)
  if (document.state !== 'found') return stalled(document.finding)
  const named = await loadAll(edge, definition, [...overlayPaths(definition), ...programRefs(definition)])
  if (!named.ok) return named
  const problem = [document, ...named.value].map((loaded) => loaded.problem).find((found) => found !== undefined)
  const inputs = sha256([hashJson(definition.spec ?? null), document.identity, ...named.value.map((loaded) => loaded.identity)].join('\n'))
  if (memory.compiled?.inputs !== inputs) {
    const compiled = await compileWithReferences(edge, definition, { document, named: named.value })
    if (!compiled.ok) return compiled
    memory.compiled = packMemory(inputs, compiled.value)
  }
  const held = memory.compiled
  return done({ inputs, compiled: () => compiledIn(held), ...(problem !== undefined && { problem }) })
}

// A document may lead to others, and these to more; each round asks for what the last one met.
async function compileWithReferences(
  edge: DefinitionEdge, definition: KubeObject, sources: { readonly document: FoundSource; readonly named: readonly FoundSource[] },
): Promise<Step<Compiled>> {
  const named = Object.fromEntries(sources.named.map((loaded) => [loaded.text.uri, loaded.text]))
  const others: Record<string, FoundSource['text']> = Object.fromEntries(programRefs(definition).flatMap((uri) => (named[uri] === undefined ? [] : [[uri, named[uri]]])))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const compiled = await edge.compiler.compile({ definition, document: sources.document.text, overlays: named, others })
    if (compiled.wanted === undefined) {
      const broken = compiled.findings.find((finding) => finding.severity === 'error')
      return compiled.resourceCrd === undefined && broken !== undefined ? stalled(broken, { findings: compiled.findings }) : done(compiled)
    }
    const loaded = await loadAll(edge, definition, compiled.wanted)
    if (!loaded.ok) return loaded
    for (const source of loaded.value) others[source.text.uri] = source.text
  }
  return failing('references lead through too many documents', 'DocumentInvalid')
}
const MOST_ROUNDS = 10

async function loadAll(edge: DefinitionEdge, definition: KubeObject, uris: readonly string[]): Promise<Step<readonly FoundSource[]>> {
  const found: FoundSource[] = []
  for (const uri of new Set(uris)) {
    const loaded = await edge.load(uri, definition)
    if (loaded.state !== 'found') return stalled(loaded.finding)
    found.push(loaded)
  }
  return done(found)
}

function overlayPaths(definition: KubeObject): readonly string[] {
  const document = isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
  const overlays = isArray(document.overlays) ? document.overlays : []
  return overlays.flatMap((overlay) => (typeof overlay === 'string' ? [overlay] : isObject(overlay) && typeof overlay.path === 'string' ? [overlay.path] : []))
}

/** Programs that stand elsewhere: `{ref: configmap://…}` anywhere in the verbs. They count as inputs, so that a change of one is seen. */
function programRefs(definition: KubeObject): readonly string[] {
  const resource = isObject(definition.spec) && isObject(definition.spec.resource) ? definition.spec.resource : {}
  const refs: string[] = []
  collectRefs(resource.verbsDescription, refs)
  return refs
}

function collectRefs(value: JsonObject[string] | undefined, refs: string[]): void {
  if (isArray(value)) return value.forEach((item) => collectRefs(item, refs))
  if (!isObject(value)) return
  for (const [name, child] of Object.entries(value)) {
    if (name === 'ref' && typeof child === 'string' && /^[a-z]+:\/\//.test(child)) refs.push(child)
    else collectRefs(child, refs)
  }
}
