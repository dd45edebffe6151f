import { randomUUID } from 'node:crypto'
import {
  ApiException, ApiextensionsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, KubernetesObjectApi, makeInformer, PatchStrategy, VersionApi,
  type KubernetesObject, type V1ConfigMap, type V1CustomResourceDefinition,
} from '@kubernetes/client-node'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface ClientTarget {
  kubeconfig(): string
  close(): Promise<void>
}

const GROUP = 'clients.oasgen.dev'

const CRD: V1CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `notes.${GROUP}` },
  spec: {
    group: GROUP, scope: 'Namespaced', names: { plural: 'notes', singular: 'note', kind: 'Note', listKind: 'NoteList' },
    versions: [{
      name: 'v1', served: true, storage: true, subresources: { status: {} },
      schema: { openAPIV3Schema: { type: 'object', properties: {
        spec: { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 20 }, tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' } } } as never,
        status: { type: 'object', properties: { read: { type: 'boolean' } } },
      } } },
    }],
  },
}

interface Note extends KubernetesObject {
  spec: { text: string; tags?: string[] }
  status?: { read?: boolean }
}

/** The official client for Node, as its users use it, against whichever server. */
export function clientNodeSuite(name: string, start: () => Promise<ClientTarget>): void {
  describe(`@kubernetes/client-node against ${name}`, () => {
    let target: ClientTarget
    let config: KubeConfig
    const namespace = `clients-${randomUUID().slice(0, 8)}`
    const note = (object: string, spec: Note['spec']): Note => ({ apiVersion: `${GROUP}/v1`, kind: 'Note', metadata: { name: object, namespace }, spec })

    beforeAll(async () => {
      target = await start()
      config = new KubeConfig()
      config.loadFromString(target.kubeconfig())
      await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } })
      await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({ body: CRD })
      await eventually(() => config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({ group: GROUP, version: 'v1', namespace, plural: 'notes' }))
    }, 1_800_000)
    afterAll(async () => target?.close())

    it('asks for the version', async () => {
      expect(await config.makeApiClient(VersionApi).getCode()).toMatchObject({ major: '1' })
    })

    it('creates, reads, replaces, lists and deletes a ConfigMap', async () => {
      const core = config.makeApiClient(CoreV1Api)
      const made = await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'one', labels: { part: 'a' } }, data: { key: 'value' } } })
      expect((await core.readNamespacedConfigMap({ namespace, name: 'one' })).metadata?.uid).toBe(made.metadata?.uid)
      await core.replaceNamespacedConfigMap({ namespace, name: 'one', body: { ...made, data: { key: 'other' } } })
      await expect(core.replaceNamespacedConfigMap({ namespace, name: 'one', body: made })).rejects.toMatchObject({ code: 409 })
      expect((await core.listNamespacedConfigMap({ namespace, labelSelector: 'part=a' })).items.map(({ data }) => data)).toEqual([{ key: 'other' }])
      await core.deleteNamespacedConfigMap({ namespace, name: 'one' })
      await expect(core.readNamespacedConfigMap({ namespace, name: 'one' })).rejects.toSatisfy((error) => error instanceof ApiException && error.code === 404)
    })

    it('speaks of custom resources: create, three kinds of patch, apply by server, status, a refusal', async () => {
      const objects = KubernetesObjectApi.makeApiClient(config)
      await objects.create(note('first', { text: 'hello' }))
      const merged = await objects.patch(note('first', { text: 'merged' }), undefined, undefined, undefined, undefined, PatchStrategy.MergePatch)
      expect(merged.spec.text).toBe('merged')
      const applied = await objects.patch(note('first', { text: 'applied', tags: ['a'] }), undefined, undefined, 'tester', true, PatchStrategy.ServerSideApply)
      expect(applied.spec).toEqual({ text: 'applied', tags: ['a'] })
      const custom = config.makeApiClient(CustomObjectsApi)
      const address = { group: GROUP, version: 'v1', namespace, plural: 'notes', name: 'first' }
      await custom.patchNamespacedCustomObject({ ...address, body: [{ op: 'replace', path: '/spec/text', value: 'by patch' }] })
      const current = (await custom.getNamespacedCustomObject(address)) as Note
      await custom.replaceNamespacedCustomObjectStatus({ ...address, body: { ...current, status: { read: true } } })
      expect(await custom.getNamespacedCustomObject(address)).toMatchObject({ spec: { text: 'by patch' }, status: { read: true } })
      await expect(objects.create(note('second', { text: 'x'.repeat(21) }))).rejects.toMatchObject({ code: 422 })
    })

    it('follows a list by watch: what was there, what comes, what changes, what goes', async () => {
      const core = config.makeApiClient(CoreV1Api)
      const seen: string[] = []
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'before' }, data: { n: '0' } } })
      const informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${namespace}/configmaps`, () => core.listNamespacedConfigMap({ namespace }))
      const tell = (what: string) => (object: V1ConfigMap): void => { if (object.metadata?.name !== 'kube-root-ca.crt') seen.push(`${what} ${object.metadata?.name} ${object.data?.['n']}`) }
      informer.on('add', tell('add'))
      informer.on('update', tell('update'))
      informer.on('delete', tell('delete'))
      await informer.start()
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'after' }, data: { n: '1' } } })
      await core.patchNamespacedConfigMap({ namespace, name: 'after', body: [{ op: 'replace', path: '/data/n', value: '2' }] })
      await core.deleteNamespacedConfigMap({ namespace, name: 'before' })
      await eventually(() => (seen.length >= 4 ? Promise.resolve() : Promise.reject(new Error(`seen so far: ${seen.join(', ')}`))))
      await informer.stop()
      expect(seen).toEqual(['add before 0', 'add after 1', 'update after 2', 'delete before 0'])
    })
  })
}

async function eventually(attempt: () => Promise<unknown>, ms = 20_000): Promise<void> {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    try {
      await attempt()
      return
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
