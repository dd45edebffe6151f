import { finding } from '@oasgen/diagnostics'
import { isObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import type { DocumentSource } from '@oasgen/openapi'
import type { DocumentIdentity } from '@oasgen/transport'
import type { ProviderOptions } from './program.js'
import type { LoadedSource } from './source.js'

/** Documents from outside the cluster: revalidated by interval, downloaded only when they changed. */
export interface RemoteSources {
  load(source: DocumentSource, uri: string, definition: KubeObject): Promise<LoadedSource>
}

interface Held {
  readonly loaded: LoadedSource & { readonly state: 'found' }
  readonly identity: DocumentIdentity
  readonly checkedAt: number
}

export function createRemoteSources(options: ProviderOptions): RemoteSources {
  const held = new Map<string, Held>()
  return {
    load: async (source, uri, definition) => {
      if (source.kind === 'file' && options.allowFiles !== true) return { state: 'refused', finding: finding('PRV0107', { uri, why: 'files are read by the command line only' }) }
      const known = held.get(uri)
      if (known !== undefined && Date.now() - known.checkedAt < refreshSeconds(definition) * 1000) return known.loaded
      return download({ options, held, source, uri, known })
    },
  }
}

interface Download {
  readonly options: ProviderOptions
  readonly held: Map<string, Held>
  readonly source: DocumentSource
  readonly uri: string
  readonly known: Held | undefined
}

async function download({ options, held, source, uri, known }: Download): Promise<LoadedSource> {
  const answer = await options.transport.fetchDocument(source, { files: options.allowFiles === true ? 'allow' : 'deny', ...(known && { previous: known.identity }) })
  switch (answer.type) {
    case 'notModified':
      if (known === undefined) return { state: 'unreachable', finding: finding('PRV0106', { uri, why: 'the server says "not modified" about nothing' }) }
      held.set(uri, { ...known, checkedAt: Date.now() })
      return known.loaded
    case 'document': {
      const loaded = { state: 'found' as const, text: { uri, bytes: answer.bytes }, identity: `${uri}@${answer.identity.digest}` }
      held.set(uri, { loaded, identity: answer.identity, checkedAt: Date.now() })
      return loaded
    }
    case 'failure':
      return known?.loaded ?? { state: 'unreachable', finding: answer.finding }
  }
}

const DEFAULT_REFRESH_SECONDS = 300

function refreshSeconds(definition: KubeObject): number {
  const document = isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
  const match = typeof document.refreshInterval === 'string' ? /^(\d+)(s|m|h)$/.exec(document.refreshInterval) : null
  return match === null ? DEFAULT_REFRESH_SECONDS : Number(match[1]) * ({ s: 1, m: 60, h: 3600 }[match[2] ?? 's'] ?? 1)
}
