import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { printYaml, renderFidelityText } from '@oasgen/crd'
import { hasErrors } from '@oasgen/diagnostics'
import { textOf, writeJson, type JsonObject } from '@oasgen/json'
import { nameOf } from '@oasgen/kube'
import { namesFor, renderAccess, renderPeopleRoles } from '@oasgen/provider'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { readManifests } from '../kubectl/manifests.js'
import { compileManifests, type CompiledDefinition, type CompileOptions } from './compile.js'

export interface RenderOptions extends CompileOptions {
  readonly filename: readonly string[]
  /** Folder for one file an object; absent = standard output. */
  readonly outputDir?: string
  readonly rbac?: boolean
  readonly plan?: boolean
  readonly fidelity?: boolean
}

/** What the provider would make, offline and byte for byte the same on every machine: to be committed beside the definition. */
export async function render(io: CommandIo, options: RenderOptions): Promise<ExitCode> {
  const manifests = await readManifests(io, options.filename)
  const all = await compileManifests(io, manifests, options)
  if (all.length === 0) throw new CommandError('there is no RestDefinition in these files', { code: EXIT.usage })
  const findings = all.flatMap(({ compiled }) => compiled.findings)
  if (findings.length > 0) io.err(findingsText(io, findings.filter(({ severity }) => severity !== 'notice')))
  for (const one of all) output(io, options, one)
  return hasErrors(findings) ? EXIT.found : EXIT.ok
}

function output(io: CommandIo, options: RenderOptions, one: CompiledDefinition): void {
  const texts = textsOf(options, one)
  if (options.outputDir === undefined) {
    io.out(texts.map(({ text, isYaml }) => (isYaml ? `---\n${text}` : text)).join(''))
    return
  }
  const folder = resolve(io.cwd, options.outputDir)
  mkdirSync(folder, { recursive: true })
  for (const { file, text } of texts) {
    writeFileSync(join(folder, file), text)
    io.note(`wrote ${join(options.outputDir, file)}\n`)
  }
}

interface RenderedText {
  readonly file: string
  readonly text: string
  readonly isYaml: boolean
}

function textsOf(options: RenderOptions, { name, compiled }: CompiledDefinition): readonly RenderedText[] {
  const crds = [compiled.resourceCrd, compiled.configurationCrd].filter((crd) => crd !== undefined)
  const objects: readonly JsonObject[] = [...crds, ...(options.rbac === true ? rbacOf(compiled) : [])]
  const yaml = objects.map((object) => ({ file: `${textOf(object.kind).toLowerCase()}-${nameOf(object)}.yaml`.replace('customresourcedefinition-', ''), text: printYaml(object), isYaml: true }))
  const plan = options.plan === true && compiled.plan !== undefined ? [{ file: `${name}.plan.json`, text: `${writeJson(compiled.plan as unknown as JsonObject, { indent: 2 })}\n`, isYaml: false }] : []
  const fidelity = options.fidelity === true && compiled.fidelity !== undefined ? [{ file: `${name}.fidelity.txt`, text: renderFidelityText(compiled.fidelity), isYaml: false }] : []
  return [...yaml, ...plan, ...fidelity]
}

function rbacOf({ plan }: CompiledDefinition['compiled']): readonly JsonObject[] {
  if (plan === undefined) return []
  const names = namesFor(plan.definition, plan.resource)
  return [...renderAccess(plan, names), ...renderPeopleRoles(plan)].map(({ object }) => object)
}
