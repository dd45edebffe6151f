import { createInformer, CUSTOM_RESOURCE_DEFINITIONS, keyOf, uidOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { textOf, isArray, isObject } from '@oasgen/json'
import type { CommandIo } from '../io.js'
import { describeObject, printLine } from './view.js'

export interface Follow {
  stop(): Promise<void>
}

/** Follows RestDefinitions and everything of the kinds that they made; prints a line when an object's state changed. */
export function followObjects(io: CommandIo, kube: Kube): Follow {
  const informers = new Map<string, Informer>()
  const shown = new Map<string, string>()
  const show = (object: KubeObject): void => {
    const line = printLine(describeObject(object), { colour: io.isTerminal && io.env['NO_COLOR'] === undefined, columns: io.columns })
    const key = `${uidOf(object)}`
    if (shown.get(key) === line) return
    shown.set(key, line)
    io.out(line)
  }
  const follow = (type: ResourceType): void => {
    const id = `${type.plural}.${type.group}`
    if (informers.has(id)) return
    const informer = createInformer(kube, type)
    informers.set(id, informer)
    informer.onChange(({ type: change, object }) => {
      if (change !== 'deleted') return show(object)
      shown.delete(uidOf(object))
      io.out(printLine({ kind: type.kind, name: keyOf(object).split('/').at(-1) ?? '', state: 'Deleting', text: 'gone' }, { colour: false, columns: io.columns }))
    })
    informer.start()
  }
  const crds = createInformer(kube, CUSTOM_RESOURCE_DEFINITIONS)
  crds.onChange(({ type: change, object }) => {
    const type = generatedType(object)
    if (type !== undefined && change !== 'deleted') follow(type)
  })
  crds.start()
  return { stop: async () => void (await Promise.all([crds.stop(), ...[...informers.values()].map((informer) => informer.stop())])) }
}

// Configurations have no state worth a line of their own.
function generatedType(crd: KubeObject): ResourceType | undefined {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const names = isObject(spec.names) ? spec.names : {}
  const categories = isArray(names.categories) ? names.categories : []
  const isDefinition = names.plural === 'restdefinitions'
  if (!isDefinition && !categories.includes('restresources')) return undefined
  return { group: textOf(spec.group), version: 'v1alpha1', plural: textOf(names.plural), kind: textOf(names.kind), namespaced: true }
}
