import { finding, hasErrors, renderJson, summaryText, uniqueFindings, type Finding } from '@oasgen/diagnostics'
import { fromPlain, isArray, isObject, textOf, writeJson, type JsonObject } from '@oasgen/json'
import { parsePath, toPointer } from '@oasgen/fieldpath'
import { linkDocument, readDocument, reviewDocument } from '@oasgen/openapi'
import { prune, readSchema, validateObject, violationBody, type StructuralSchema } from '@oasgen/structural'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { readFiles, type DocumentFile, type Manifest } from '../kubectl/manifests.js'
import { compileManifests, type CompileOptions, type CompiledDefinition } from './compile.js'
import { lostOnReference } from './reference.js'
import { githubText, sarifText } from './report.js'

export interface ValidateOptions extends CompileOptions {
  readonly filename: readonly string[]
  readonly output?: string
  /** Warnings fail too, and documents are judged by the official schema. */
  readonly strict?: boolean
  readonly fix?: boolean
  readonly reference?: boolean
}

/** Documents, definitions with their documents, and resources by the kinds that these definitions give. Nothing is asked of a cluster. */
export async function validate(io: CommandIo, options: ValidateOptions): Promise<ExitCode> {
  const first = await judgeFiles(io, options)
  const fixed = options.fix === true ? (await import('./fix.js')).applyFixes(io, first.compiled) : undefined
  const judged = fixed === undefined || fixed.files.length === 0 ? first : await judgeFiles(io, options)
  for (const line of fixed?.applied ?? []) io.note(`fixed ${line}\n`)
  const findings = uniqueFindings([...judged.findings, ...(fixed?.findings ?? [])])
  io.out(printed(io, findings, options))
  const fails = hasErrors(findings) || (options.strict === true && findings.some(({ severity }) => severity === 'warning'))
  return fails ? EXIT.found : EXIT.ok
}

interface Judged {
  readonly compiled: readonly CompiledDefinition[]
  readonly findings: readonly Finding[]
}

async function judgeFiles(io: CommandIo, options: ValidateOptions): Promise<Judged> {
  const { manifests, documents } = await readFiles(io, options.filename)
  const compiled = await compileManifests(io, manifests, options)
  const texts = new Map([...documents.map(({ file, bytes }) => ({ uri: file, bytes })), ...compiled.flatMap(({ document }) => (document === undefined ? [] : [document]))].map((text) => [text.uri, text]))
  const strict = options.strict === true ? await import('./official.js') : undefined
  const official = strict === undefined ? [] : (await Promise.all([...texts.values()].map(strict.judgeOfficially))).flat()
  return {
    compiled,
    findings: [
      ...documents.flatMap(reviewOf), ...compiled.flatMap((one) => one.compiled.findings), ...resourceFindings(manifests, compiled), ...official,
      ...(options.reference === true ? lostOnReference(manifests) : []),
    ],
  }
}

/** Every operation and every reference of a document of its own. */
function reviewOf({ file, bytes }: DocumentFile): readonly Finding[] {
  const read = readDocument(bytes, { uri: file })
  return read.value === undefined ? read.findings : [...read.findings, ...reviewDocument(linkDocument(read.value))]
}

function printed(io: CommandIo, findings: readonly Finding[], options: ValidateOptions): string {
  switch (options.output ?? 'text') {
    case 'text': return `${findingsText(io, findings)}${summaryText(findings)}\n`
    case 'json': return `${renderJson(findings)}\n`
    case 'sarif': return `${writeJson(fromPlain(sarifText(findings)) ?? null, { indent: 2 })}\n`
    case 'github': return githubText(findings)
    default: throw new CommandError(`-o ${options.output} is not known`, { code: EXIT.usage, help: 'text, json, sarif or github' })
  }
}

function resourceFindings(manifests: readonly Manifest[], compiled: readonly CompiledDefinition[]): readonly Finding[] {
  const schemas = new Map(compiled.flatMap(({ compiled: { resourceCrd, configurationCrd } }) => [resourceCrd, configurationCrd].flatMap((crd) => (crd === undefined ? [] : schemaOf(crd)))))
  return manifests.flatMap((manifest) => {
    const schema = schemas.get(`${textOf(manifest.object.apiVersion)} ${textOf(manifest.object.kind)}`)
    return schema === undefined ? [] : judge(manifest, schema)
  })
}

function schemaOf(crd: JsonObject): readonly (readonly [string, StructuralSchema])[] {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const versions = isArray(spec.versions) ? spec.versions.filter(isObject) : []
  return versions.flatMap((version) => {
    const schema = isObject(version.schema) ? readSchema(version.schema.openAPIV3Schema ?? {}).value : undefined
    const kind = isObject(spec.names) ? textOf(spec.names.kind) : ''
    return schema === undefined ? [] : [[`${textOf(spec.group)}/${textOf(version.name)} ${kind}`, schema] as const]
  })
}

function judge(manifest: Manifest, schema: StructuralSchema): readonly Finding[] {
  const { value, removed } = prune(schema, manifest.object)
  const unknown = removed.map((path) => finding('CLI0103', { field: String(path), kind: textOf(manifest.object.kind) }, { where: manifest.place(pointerOf(String(path))) }))
  // What is missing has no words of its own: the server's head says it.
  const wrong = validateObject(schema, value).map((violation) => finding('CLI0102', { field: violation.path, problem: violation.message || violationBody(violation) }, { where: manifest.place(pointerOf(violation.path)) }))
  return [...wrong, ...unknown]
}

function pointerOf(path: string): string {
  const parsed = parsePath(path)
  return parsed.ok ? (toPointer(parsed.path) ?? '') : ''
}
