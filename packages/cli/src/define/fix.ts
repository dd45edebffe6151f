import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { finding, type Finding, type Fix, type FixOperation } from '@oasgen/diagnostics'
import { fromPlain, isArray, isObject, toPlain, type JsonValue } from '@oasgen/json'
import { nameOf } from '@oasgen/kube'
import { parseAllDocuments, type Document } from 'yaml'
import type { CommandIo } from '../io.js'
import type { Manifest } from '../kubectl/manifests.js'
import type { CompiledDefinition } from './compile.js'

export interface Fixed {
  readonly files: readonly string[]
  readonly applied: readonly string[]
  readonly findings: readonly Finding[]
}

/** Writes the fixes that findings bring into the files of the definitions; comments and order stay. */
export function applyFixes(io: CommandIo, compiled: readonly CompiledDefinition[]): Fixed {
  const applied: string[] = []
  const findings: Finding[] = []
  const texts = new Map<string, readonly Document[]>()
  for (const { manifest, compiled: { findings: found } } of compiled) {
    for (const fix of uniqueFixes(found)) {
      const problem = applyOne(io, texts, { manifest, fix })
      if (problem === undefined) applied.push(`${manifest.file}: ${fix.title}`)
      else findings.push(finding('CLI0106', { title: fix.title, problem }, { where: manifest.place('') }))
    }
  }
  for (const [file, documents] of texts) writeFileSync(resolve(io.cwd, file), textOf(io, file, documents))
  return { files: [...texts.keys()], applied, findings }
}

function uniqueFixes(findings: readonly Finding[]): readonly Fix[] {
  const known = new Map(findings.flatMap(({ fix }) => (fix === undefined ? [] : [[keyOf(fix), fix] as const])))
  return [...known.values()]
}

function keyOf(fix: Fix): string {
  return JSON.stringify([fix.title, fix.kind === 'definition' ? fix.patch.map(({ op, path }) => [op, path]) : fix.actions.map(({ target }) => target)])
}

function applyOne(io: CommandIo, texts: Map<string, readonly Document[]>, { manifest, fix }: { readonly manifest: Manifest; readonly fix: Fix }): string | undefined {
  const documents = texts.get(manifest.file) ?? read(io, manifest.file)
  const document = documents?.find((one) => isSame(one, manifest))
  if (documents === undefined || document === undefined) return 'the file does not hold the definition as an object of its own'
  const operations = fix.kind === 'definition' ? fix.patch : overlayPatch(document, fix)
  for (const operation of operations) {
    const problem = patch(document, operation)
    if (problem !== undefined) return problem
  }
  texts.set(manifest.file, documents)
  return undefined
}

function read(io: CommandIo, file: string): readonly Document[] | undefined {
  try {
    return parseAllDocuments(readFileSync(resolve(io.cwd, file), 'utf8')) as readonly Document[]
  } catch {
    return undefined
  }
}

function isSame(document: Document, { object }: Manifest): boolean {
  return document.get('kind') === object.kind && document.getIn(['metadata', 'name']) === nameOf(object)
}

/** A fix of the document becomes an overlay that the definition carries: the published document is not ours to change. */
function overlayPatch(document: Document, fix: Fix & { readonly kind: 'overlay' }): readonly FixOperation[] {
  const overlay = { actions: fix.actions }
  if (document.getIn(['spec', 'document', 'overlays']) !== undefined) return [{ op: 'add', path: '/spec/document/overlays/-', value: overlay }]
  return [{ op: 'add', path: '/spec/document/overlays', value: [overlay] }]
}

function patch(document: Document, { op, path, value }: FixOperation): string | undefined {
  const segments = path.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment))
  if (op === 'remove') return document.deleteIn(segments) ? undefined : `there is nothing at ${path}`
  if (op === 'replace' && document.getIn(segments) === undefined) return `there is nothing at ${path}`
  const plain = toPlain((fromPlain(value) ?? null) as JsonValue)
  const node = document.createNode(plain, { flow: isSmall(value) })
  if (segments.at(-1) === '-') document.addIn(segments.slice(0, -1), node)
  else document.setIn(segments, typeof plain === 'object' ? node : plain)
  return undefined
}

function isSmall(value: unknown): boolean {
  const json = fromPlain(value)
  return json !== undefined && (isObject(json) || isArray(json)) && JSON.stringify(value).length < 80
}

/** As it was written: block lists at the margin stay there. */
function textOf(io: CommandIo, file: string, documents: readonly Document[]): string {
  const before = readFileSync(resolve(io.cwd, file), 'utf8')
  if (/^\s*\{/.test(before)) return `${JSON.stringify(documents[0]?.toJSON(), undefined, 2)}\n`
  const indentSeq = !/^(\s*)[\w.-]+:[^\S\n]*\n\1- /m.test(before)
  return documents.map((document) => document.toString({ lineWidth: 0, indentSeq, flowCollectionPadding: /\{ \S/.test(before) })).join('')
}
