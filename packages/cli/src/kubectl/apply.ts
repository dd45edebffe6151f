import { textOf } from '@oasgen/json'
import { nameOf, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { lowerName, metadataText, typeOfObject } from './kinds.js'
import { readManifests, type Manifest } from './manifests.js'
import { connectTarget, type TargetOptions } from './target.js'

export interface ApplyOptions extends TargetOptions {
  readonly filename: readonly string[]
  readonly dryRun?: boolean
  readonly force?: boolean
}

export const CLI_MANAGER = 'oasgen'

export async function apply(io: CommandIo, options: ApplyOptions): Promise<ExitCode> {
  const manifests = await readManifests(io, options.filename)
  if (manifests.length === 0) throw new CommandError('there is no object in these files', { code: EXIT.usage })
  const target = await connectTarget(io, options)
  try {
    let failed = 0
    for (const manifest of manifests) {
      const outcome = await applyObject(target.kube, manifest, { ...options, namespace: target.namespace })
      if (outcome.ok) io.note(`${outcome.text}\n`)
      else {
        failed++
        io.err(`${outcome.text}\n`)
      }
    }
    return failed === 0 ? EXIT.ok : EXIT.found
  } finally {
    await target.kube.close()
  }
}

export interface Applied {
  readonly ok: boolean
  readonly text: string
  /** The server does not serve the kind (yet). */
  readonly unknownKind?: boolean
}

export interface ApplyOne {
  readonly namespace: string
  readonly dryRun?: boolean
  readonly force?: boolean
  /** What is there already is applied again (default) or left as it is. */
  readonly existing?: 'apply' | 'keep'
}

/** Server-side apply of one object; `namespace` is used where the object names none. */
export async function applyObject(kube: Kube, { object, file }: Manifest, options: ApplyOne): Promise<Applied> {
  const type = await typeOfObject(kube, object)
  if (type === undefined) return { ok: false, unknownKind: true, text: `${file}: the server has no kind ${textOf(object.kind)} in ${textOf(object.apiVersion)}` }
  const name = nameOf(object)
  const namespace = metadataText(object, 'namespace') || options.namespace
  const ref = { name, ...(type.namespaced && { namespace }) }
  const before = await kube.get(type, ref)
  if (before.ok && options.existing === 'keep') return { ok: true, text: `${lowerName(type, name)} unchanged` }
  const answer = await kube.patch(type, ref, { type: 'apply', body: object, fieldManager: CLI_MANAGER, force: options.force ?? false }, { dryRun: options.dryRun ?? false, fieldValidation: 'Strict' })
  if (!answer.ok) return { ok: false, text: `${file}: ${answer.error.finding.message}` }
  const same = before.ok && metadataText(before.value, 'name') !== '' && versionOf(before.value) === versionOf(answer.value)
  const done = !before.ok ? 'created' : same ? 'unchanged' : 'configured'
  return { ok: true, text: `${lowerName(type, name)} ${done}${options.dryRun === true ? ' (server dry run)' : ''}` }
}

function versionOf(object: Manifest['object']): string {
  return textOf((object.metadata as Manifest['object'])['resourceVersion'] ?? '')
}
