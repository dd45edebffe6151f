import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isObject, textOf, writeJson, type JsonObject } from '@oasgen/json'
import { CUSTOM_RESOURCE_DEFINITIONS } from '@oasgen/kube'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { findTypes } from '../kubectl/kinds.js'
import { readManifests } from '../kubectl/manifests.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { compileManifests, type CompileOptions } from '../define/compile.js'
import { anyOfKinds, jsonSchemaOf } from './json-schema.js'

export interface SchemaOptions extends CompileOptions, TargetOptions {
  readonly filename?: readonly string[]
  readonly outputDir?: string
}

/** What editors need: of RestDefinitions without anything else, of generated kinds from definitions or from a cluster. */
export async function schema(io: CommandIo, kinds: readonly string[], options: SchemaOptions): Promise<ExitCode> {
  const crds = options.filename !== undefined ? await fromFiles(io, options, kinds) : kinds.length === 0 ? [restDefinitionCrd()] : await fromCluster(io, options, kinds)
  if (crds.length === 0) throw new CommandError('none of these definitions makes such a kind', { code: EXIT.usage })
  if (options.outputDir === undefined) io.out(`${writeJson(anyOfKinds(crds.map(jsonSchemaOf)), { indent: 2 })}\n`)
  else writeSchemas(io, crds, options.outputDir)
  return EXIT.ok
}

async function fromFiles(io: CommandIo, options: SchemaOptions, kinds: readonly string[]): Promise<readonly JsonObject[]> {
  const compiled = await compileManifests(io, await readManifests(io, options.filename ?? []), options)
  const errors = compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) io.err(findingsText(io, errors))
  const crds = compiled.flatMap(({ compiled: { resourceCrd, configurationCrd } }) => [resourceCrd, configurationCrd]).filter((crd) => crd !== undefined)
  return kinds.length === 0 ? crds : crds.filter((crd) => kinds.some((kind) => namesOf(crd).includes(kind.toLowerCase())))
}

async function fromCluster(io: CommandIo, options: SchemaOptions, kinds: readonly string[]): Promise<readonly JsonObject[]> {
  const target = await connectTarget(io, options)
  try {
    const types = (await Promise.all(kinds.map((kind) => findTypes(target.kube, kind)))).flat()
    return await Promise.all(types.map(async ({ plural, group }) => {
      const found = await target.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: `${plural}.${group}` })
      if (!found.ok) throw new CommandError(found.error.finding.message, { code: EXIT.unavailable })
      return found.value
    }))
  } finally {
    await target.kube.close()
  }
}

function namesOf(crd: JsonObject): readonly string[] {
  const names = isObject(crd.spec) && isObject(crd.spec.names) ? crd.spec.names : {}
  return [textOf(names.kind).toLowerCase(), textOf(names.plural), textOf(names.singular)]
}

/** `book-bookshop.example-v1alpha1.json`, and the line that makes an editor use it. */
function writeSchemas(io: CommandIo, crds: readonly JsonObject[], outputDir: string): void {
  const folder = resolve(io.cwd, outputDir)
  mkdirSync(folder, { recursive: true })
  for (const crd of crds) {
    const written = jsonSchemaOf(crd)
    const { apiVersion } = written.properties as JsonObject
    const file = `${textOf(written.title).toLowerCase()}-${textOf((apiVersion as JsonObject).const).replace('/', '-')}.json`
    writeFileSync(join(folder, file), `${writeJson(written, { indent: 2 })}\n`)
    io.note(`wrote ${join(outputDir, file)}   # yaml-language-server: $schema=${join(outputDir, file)}\n`)
  }
}
