import { annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, nameOf, namespaceOf, uidOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { isObject } from '@oasgen/json'
import { isGenerated } from './crd-gate.js'
import { controllerOf, kindIn, specText, type DefinitionEdge } from './edge.js'
import { judgeForeignGroup, judgeGroup, judgeNamespace } from './limits.js'
import { done, stalled, type Step } from './pass.js'

/** Whether this definition may make kinds at all. */
export async function judgeDefinition(edge: DefinitionEdge, definition: KubeObject): Promise<Step<void>> {
  const { allowGroups, allowNamespaces } = edge.settings
  const group = specText(definition, 'resourceGroup')
  const refused = judgeGroup(group, allowGroups) ?? judgeNamespace(namespaceOf(definition), allowNamespaces) ?? judgeForeignGroup(group, await foreignCrd(edge, group), allowGroups)
  return refused === undefined ? done(undefined) : stalled(refused)
}

/** A CRD of this group that no RestDefinition made, ours or the reference's. Each unmarked one is read once. */
async function foreignCrd(edge: DefinitionEdge, group: string): Promise<string | undefined> {
  for (const crd of edge.live.crds()) {
    if (!nameOf(crd).endsWith(`.${group}`) || nameOf(crd).slice(0, -group.length - 1).includes('.') || annotationsOf(crd)[ANNOTATION.definition] !== undefined) continue
    if (!(await isOfGenerator(edge, crd))) return nameOf(crd)
  }
  return undefined
}

async function isOfGenerator({ kube, generated }: DefinitionEdge, crd: KubeObject): Promise<boolean> {
  const known = generated.get(uidOf(crd))
  if (known !== undefined) return known
  const full = await kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) })
  // One that cannot be read now is not held against anybody: the next pass looks again.
  if (!full.ok) return true
  generated.set(uidOf(crd), isGenerated(full.value))
  return isGenerated(full.value)
}

/** The annotation that activates a definition with `controller.activation: whenNamed`. */
export const ACTIVATE = 'krateo.io/activate'

/** A definition that waits to be named costs nothing but itself. Once made, it stays: taking a name away deletes nothing. */
export function activationOf(edge: DefinitionEdge, definition: KubeObject): 'active' | 'dormant' {
  if (controllerOf(definition).activation !== 'whenNamed' || annotationsOf(definition)[ACTIVATE] === 'true') return 'active'
  if (isObject(definition.status) && isObject(definition.status.resource)) return 'active'
  const name = `${kindIn(definition)}.${specText(definition, 'resourceGroup')}`.toLowerCase()
  return edge.settings.activated.some((each) => each.toLowerCase() === name || isBelow(name, each.toLowerCase())) ? 'active' : 'dormant'
}

/** `*.github.example` names every kind of that group. */
function isBelow(name: string, pattern: string): boolean {
  return pattern === '*' || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)))
}
