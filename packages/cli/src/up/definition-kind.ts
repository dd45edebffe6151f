import type { Kube } from '@oasgen/kube'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { CommandError } from '../io.js'
import { applyObject } from '../kubectl/apply.js'

/** The kind of all kinds: without it there is nothing to apply a RestDefinition to. */
export async function applyDefinitionKind(kube: Kube): Promise<void> {
  const place = (pointer: string) => ({ kind: 'document', uri: 'RestDefinition', pointer }) as const
  const applied = await applyObject(kube, { object: restDefinitionCrd(), file: 'RestDefinition', place }, { namespace: 'default', force: true })
  if (!applied.ok) throw new CommandError(applied.text)
}
