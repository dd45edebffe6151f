import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMergePatch, equalJson, isObject, type JsonObject } from '@oasgen/json'
import { metadataOf, type KubeObject } from '@oasgen/kube'
import { readManifestText } from '@oasgen/openapi'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { printYaml } from '../yaml.js'
import { findTypes, lowerName } from './kinds.js'
import { connectTarget, type TargetOptions } from './target.js'

/** The object in an editor, as kubectl does it: what is refused comes back with the reason on top. */
export async function edit(io: CommandIo, names: readonly string[], options: TargetOptions): Promise<ExitCode> {
  const [word, name] = names.flatMap((each) => each.split('/'))
  if (word === undefined || name === undefined) throw new CommandError('edit what? for example: oasgen edit book the-hobbit', { code: EXIT.usage })
  const target = await connectTarget(io, options)
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-edit-'))
  const file = join(folder, `${word}-${name}.yaml`)
  try {
    const [type] = await findTypes(target.kube, word)
    if (type === undefined) throw new CommandError(`the server has no kind "${word}"`)
    const ref = { name, ...(type.namespaced && { namespace: target.namespace }) }
    let remarks = ['Lines beginning with # are ignored; an unchanged or empty file changes nothing.']
    let draft: string | undefined
    for (;;) {
      const found = await target.kube.get(type, ref)
      if (!found.ok) throw new CommandError(found.error.finding.message, { code: EXIT.unavailable })
      const shown = withoutManagedFields(found.value)
      const before = `${remarks.map((line) => `# ${line}\n`).join('')}${draft ?? printYaml(shown)}`
      writeFileSync(file, before)
      await openEditor(io, file)
      const after = readFileSync(file, 'utf8')
      const edited = readEdited(after)
      if (edited === undefined || after === before || (typeof edited !== 'string' && equalJson(edited, shown))) {
        io.note('nothing was changed\n')
        return EXIT.ok
      }
      const refused = typeof edited === 'string' ? edited : await save({ kube: target.kube, type, ref }, shown, edited)
      if (refused === undefined) {
        io.note(`${lowerName(type, name)} edited\n`)
        return EXIT.ok
      }
      remarks = refused.split('\n')
      draft = after.split('\n').filter((line) => !line.startsWith('#')).join('\n')
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await target.kube.close()
  }
}

type Target = Awaited<ReturnType<typeof connectTarget>>

interface Place {
  readonly kube: Target['kube']
  readonly type: Awaited<ReturnType<typeof findTypes>>[number]
  readonly ref: { readonly name: string; readonly namespace?: string }
}

/** Undefined when it was taken. The resourceVersion goes along, so that nobody's change in between is lost. */
async function save({ kube, type, ref }: Place, before: JsonObject, after: JsonObject): Promise<string | undefined> {
  const patch = createMergePatch(before, after)
  const body = { ...(patch !== undefined && isObject(patch) ? patch : {}), metadata: { ...(isObject(patch) && isObject(patch.metadata) ? patch.metadata : {}), resourceVersion: metadataOf(before).resourceVersion ?? '' } }
  const answer = await kube.patch(type, ref, { type: 'merge', body }, { fieldManager: 'oasgen-edit', fieldValidation: 'Strict' })
  return answer.ok ? undefined : answer.error.finding.message
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = metadataOf(object)
  return { ...object, metadata }
}

/** The object, why it cannot be read, or undefined for an empty file. */
function readEdited(text: string): JsonObject | string | undefined {
  if (text.split('\n').every((line) => /^\s*(#.*)?$/.test(line))) return undefined
  const read = readManifestText(text, 'the edited file')
  const problem = read.findings.find(({ severity }) => severity === 'error')
  const value = read.value?.[0]?.value
  if (problem !== undefined) return problem.message
  return value !== undefined && isObject(value) ? value : 'the file holds no object'
}

function openEditor(io: CommandIo, file: string): Promise<void> {
  const editor = [io.env['KUBE_EDITOR'], io.env['VISUAL'], io.env['EDITOR']].find((name) => name !== undefined && name !== '') ?? 'vi'
  return new Promise((resolve, reject) => {
    const child = spawn(`${editor} '${file.replaceAll("'", "'\\''")}'`, { shell: true, stdio: 'inherit', env: { ...io.env } as NodeJS.ProcessEnv })
    child.once('error', (error) => reject(new CommandError(`the editor ${editor} does not start: ${error.message}`, { code: EXIT.unavailable })))
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new CommandError(`the editor ${editor} ended with ${code ?? 'a signal'}; nothing was changed`))))
  })
}
