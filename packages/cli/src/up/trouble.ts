import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Finding } from '@oasgen/diagnostics'
import { metadataOf, nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import type { CommandIo } from '../io.js'
import { readManifests } from '../kubectl/manifests.js'
import { compileManifests, DEFINITION_KIND } from '../define/compile.js'

/** What the compiler says of a definition where it stands in the files; nothing where it came another way. */
export async function definitionFindings(io: CommandIo, files: readonly string[], definition: KubeObject): Promise<readonly Finding[]> {
  const manifests = await readManifests(io, files.filter((file) => file !== '-' && existsSync(resolve(io.cwd, file))))
  const own = manifests.filter(({ object }) => object.kind !== DEFINITION_KIND || (nameOf(object) === nameOf(definition) && (metadataOf(object).namespace ?? 'default') === namespaceOf(definition)))
  const compiled = await compileManifests(io, own, {})
  return compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
}
