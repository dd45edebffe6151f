import { nameOf, type DiscoveredType, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { findTypes, lowerName, metadataText, typeOfObject } from './kinds.js'
import { readManifests } from './manifests.js'
import { pause } from './pause.js'
import { connectTarget, type TargetOptions } from './target.js'

export interface DeleteOptions extends TargetOptions {
  readonly filename?: readonly string[]
  readonly wait?: boolean
  readonly timeoutSeconds?: number
  readonly ignoreNotFound?: boolean
}

interface Doomed {
  readonly type: DiscoveredType
  readonly name: string
  readonly namespace: string
}

export async function remove(io: CommandIo, names: readonly string[], options: DeleteOptions): Promise<ExitCode> {
  const target = await connectTarget(io, options)
  try {
    const doomed = options.filename === undefined ? await fromNames(target.kube, names, target.namespace) : await fromFiles(io, target, options.filename)
    let code: ExitCode = EXIT.ok
    for (const one of doomed) {
      const answer = await target.kube.delete(one.type, refTo(one))
      if (answer.ok) io.note(`${lowerName(one.type, one.name)} deleted\n`)
      else if (answer.error.kind !== 'notFound' || options.ignoreNotFound !== true) {
        io.err(`${answer.error.finding.message}\n`)
        code = EXIT.found
      }
    }
    if (options.wait !== false) await waitGone(io, target.kube, doomed, options.timeoutSeconds ?? 300)
    return code
  } finally {
    await target.kube.close()
  }
}

async function fromNames(kube: Kube, names: readonly string[], namespace: string): Promise<readonly Doomed[]> {
  const [first, ...rest] = names
  if (first === undefined) throw new CommandError('delete what? for example: oasgen delete book the-hobbit', { code: EXIT.usage })
  const slashed = names.filter((name) => name.includes('/'))
  const pairs = slashed.length > 0 ? slashed.map((name) => name.split('/') as [string, string]) : rest.map((name) => [first, name] as const)
  const doomed: Doomed[] = []
  for (const [kind, name] of pairs) for (const type of await findTypes(kube, kind)) doomed.push({ type, name, namespace })
  return doomed
}

async function fromFiles(io: CommandIo, target: { readonly kube: Kube; readonly namespace: string }, files: readonly string[]): Promise<readonly Doomed[]> {
  const doomed: Doomed[] = []
  // The reverse of the order of making: resources before credentials before definitions.
  for (const { object } of [...(await readManifests(io, files))].reverse()) {
    const type = await typeOfObject(target.kube, object)
    if (type !== undefined) doomed.push({ type, name: nameOf(object), namespace: metadataText(object, 'namespace') || target.namespace })
  }
  return doomed
}

function refTo({ type, name, namespace }: Doomed): { readonly name: string; readonly namespace?: string } {
  return { name, ...(type.namespaced && { namespace }) }
}

async function waitGone(io: CommandIo, kube: Kube, doomed: readonly Doomed[], timeoutSeconds: number): Promise<void> {
  const end = Date.now() + timeoutSeconds * 1000
  for (const one of doomed) {
    while (!io.signal.aborted) {
      const answer = await kube.get(one.type, refTo(one))
      if (!answer.ok && answer.error.kind === 'notFound') break
      if (Date.now() > end) throw new CommandError(`${lowerName(one.type, one.name)} is still there after ${timeoutSeconds} s`, { help: 'its conditions say what it waits for: oasgen describe' })
      await pause(200, io.signal)
    }
  }
}
