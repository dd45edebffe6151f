import type { Kube } from './client.js'
import { createInformer, type Informer, type InformerOptions } from './informer.js'
import type { ResourceType } from './object.js'

/** Informers shared by kind and scope: whoever asks for the same gets the same cache, and the last to leave stops it. */
export interface Informers {
  /** Starts it if it is new. Options beside the scope count for the first who asks. */
  acquire(type: ResourceType, options?: InformerOptions): Informer
  release(informer: Informer): Promise<void>
  stopAll(): Promise<void>
}

export function createInformers(kube: Kube, defaults: InformerOptions = {}): Informers {
  const held = new Map<string, { readonly informer: Informer; users: number }>()
  const keyFor = (type: ResourceType, options: InformerOptions): string => JSON.stringify([
    type.group, type.version, type.plural, options.namespace ?? '', options.labelSelector ?? '', options.fieldSelector ?? '',
    options.metadataOnly === true, Object.keys(options.indexers ?? {}).sort(),
  ])
  return {
    acquire(type, options = {}) {
      const key = keyFor(type, options)
      const known = held.get(key) ?? { informer: createInformer(kube, type, { ...defaults, ...options }), users: 0 }
      known.users += 1
      held.set(key, known)
      known.informer.start()
      return known.informer
    },
    async release(informer) {
      for (const [key, entry] of held) {
        if (entry.informer !== informer) continue
        entry.users -= 1
        if (entry.users > 0) return
        held.delete(key)
        await informer.stop()
      }
    },
    async stopAll() {
      const all = [...held.values()]
      held.clear()
      await Promise.all(all.map((entry) => entry.informer.stop()))
    },
  }
}
