import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { annotationsOf, CLUSTER_ROLES, CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, NAMESPACES, ROLES, SECRETS, type KubeObject } from '@oasgen/kube'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { REST_DEFINITIONS } from '@oasgen/provider'
import type { StackTarget } from '../stack/stack.js'
import { accessSuite } from './access-suite.js'
import { gitopsSuite } from './gitops-suite.js'
import { deletionSuite } from './deletion-suite.js'
import { conditionsOf, isReady, must, openLab, ready, says, until, type Lab } from './lab.js'
import { NOTE_FIELDS, noteObjects, notesDocument, noteType, noteWith, startNotesApi, type NotesApi, type NotesDocument } from './notes-api.js'
import { walkThroughSuite } from './walk-through-suite.js'

/** What a suite works with; filled before its first test. */
export interface Ground {
  lab: Lab
  api: NotesApi
}

/** One text for both servers: what holds on the embedded control plane holds on Kubernetes. */
export function providerSuite(target: StackTarget): void {
  describe(`the provider, ${target}`, () => {
    const ground = {} as Ground
    beforeAll(async () => {
      ground.api = await startNotesApi()
      ground.lab = await openLab(target, { args: ['-activate=Named.named.example'] })
    })
    afterAll(async () => {
      await ground.lab?.close()
      await ground.api?.close()
    })
    const put = async (name: string, options: Parameters<typeof noteObjects>[2] = {}): Promise<void> => {
      const { document, definition } = noteObjects(name, ground.api.url, options)
      await ground.lab.apply(document, definition)
    }
    const change = async (name: string, document: NotesDocument): Promise<void> => ground.lab.apply(noteObjects(name, ground.api.url, { document }).document)
    const crdOf = (name: string): Promise<KubeObject | undefined> => ground.lab.get(CUSTOM_RESOURCE_DEFINITIONS, `${name}s.${name}.example`)
    const statusOf = async (name: string): Promise<JsonObject> => ((await ground.lab.get(REST_DEFINITIONS, name))?.status ?? {}) as JsonObject
    const shown = (): void => onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))

    walkThroughSuite(ground)

    describe('a changed document', () => {
      it('adds fields at once, and refuses to take away what resources use until somebody confirms it', async () => {
        shown()
        const { lab, api } = ground
        await put('jot')
        const first = await ready(lab, 'jot')
        await lab.apply(...noteWith('jot', { name: 'one', spec: { title: 'one', text: 'kept' } }))
        await until('the note is there', () => [...api.notes.values()].some((note) => note['title'] === 'one'))
        const controller = await lab.get(DEPLOYMENTS, 'jot-controller')

        await change('jot', { fields: { ...NOTE_FIELDS, colour: { type: 'string' } } })
        await until('the kind has the new field', async () => specFields(await crdOf('jot')).includes('colour'))
        await until('the controller runs the new Plan', async () => (await statusOf('jot'))['runningPlanHash'] !== (first.status as JsonObject)['runningPlanHash'])
        const before = await ready(lab, 'jot')

        await change('jot', { fields: { title: { type: 'string' }, colour: { type: 'string' } } })
        const refused = await says(lab, { name: 'jot', condition: 'Stalled', text: /SchemaChangeRefused/ })
        expect(conditionsOf(refused)['Stalled']).toContain('default/one spec.text (its value would be lost)')
        expect(conditionsOf(refused)['Ready']).toBe('True/Available the last good Plan serves')
        expect(specFields(await crdOf('jot'))).toContain('text')
        expect(refused.status).toMatchObject({ runningPlanHash: (before.status as JsonObject)['runningPlanHash'] })

        const id = /accept-schema-change: "([^"]+)"/.exec(conditionsOf(refused)['Stalled'] ?? '')?.[1] ?? ''
        await must(lab.kube.patch(REST_DEFINITIONS, { namespace: 'default', name: 'jot' }, { type: 'merge', body: { metadata: { annotations: { 'krateo.io/accept-schema-change': id } } } }))
        await until('the field is gone', async () => !specFields(await crdOf('jot')).includes('text'))
        await ready(lab, 'jot')
        // The controller takes the new Plan without a restart.
        expect((await lab.get(DEPLOYMENTS, 'jot-controller'))?.metadata).toMatchObject({ generation: metadataIn(controller)['generation'] ?? 0 })
      })

      it('goes through by itself when no resource is in the way, or no longer', async () => {
        shown()
        const { lab } = ground
        await put('slip')
        await ready(lab, 'slip')
        await lab.apply(...noteWith('slip', { name: 'two', spec: { title: 'a long title' } }))
        await change('slip', { fields: { title: { type: 'string' }, stars: { type: 'integer' } } })
        await until('a field that nobody uses is gone', async () => !specFields(await crdOf('slip')).includes('text'))
        await change('slip', { fields: { title: { type: 'string' }, stars: { type: 'integer' }, must: { type: 'string' } }, required: ['title', 'must'] })
        expect(conditionsOf(await says(lab, { name: 'slip', condition: 'Stalled', text: /SchemaChangeRefused/ }))['Stalled']).toContain('default/two spec.must')
        await must(lab.kube.delete(noteType('slip'), { namespace: 'default', name: 'two' }))
        await until('the note is gone', async () => (await lab.get(noteType('slip'), 'two')) === undefined)
        await touch(lab, 'slip')
        await until('the field is required now', async () => specRequired(await crdOf('slip')).includes('must'))
        await ready(lab, 'slip')
      })

      it('that loses an operation in use, breaks or goes away leaves the last good Plan serving, also after a restart', async () => {
        shown()
        const { lab } = ground
        await put('last')
        const good = await ready(lab, 'last')
        await change('last', { deprecated: ['delete /notes/{id}'] })
        await until('the deprecation is told before it hurts', async () => JSON.stringify((await lab.get(REST_DEFINITIONS, 'last'))?.status ?? {}).includes('PRV0112'))
        expect(isReady(await lab.get(REST_DEFINITIONS, 'last'))).toBe(true)

        await change('last', { without: ['delete /notes/{id}'] })
        expect(conditionsOf(await says(lab, { name: 'last', condition: 'Stalled', text: /OperationDropped/ }))['Ready']).toMatch(/^True/)
        await lab.apply({ ...noteObjects('last', ground.api.url).document, data: { 'notes.json': '{"openapi": "3.0.3", "paths": ' } })
        expect(conditionsOf(await says(lab, { name: 'last', condition: 'Stalled', text: /OAS/ }))['Ready']).toMatch(/^True/)
        await must(lab.kube.delete(CONFIG_MAPS, { namespace: 'default', name: 'last' }))
        await says(lab, { name: 'last', condition: 'Stalled', text: /DocumentUnavailable .*there is no ConfigMap default\/last/ })

        await lab.stopProvider()
        await must(lab.kube.delete(DEPLOYMENTS, { namespace: 'default', name: 'last-controller' }))
        await lab.startProvider()
        await until('the controller is put back without a document', async () => (await lab.get(DEPLOYMENTS, 'last-controller')) !== undefined)
        expect((await lab.get(REST_DEFINITIONS, 'last'))?.status).toMatchObject({ planHash: (good.status as JsonObject)['planHash'] })
        await change('last', {})
        await ready(lab, 'last')
      })
    })

    describe('a CRD of somebody else', () => {
      it('is adopted when it is the same, not fought over when it differs, and left alone when its definition goes', async () => {
        shown()
        const { lab } = ground
        await put('git')
        await ready(lab, 'git')
        const crd = await crdOf('git')
        const body = { spec: crd!['spec'] as JsonObject, metadata: { name: 'gits.git.example' } }
        await must(lab.kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'gits.git.example' }, { type: 'apply', body, fieldManager: 'kustomize-controller', force: true }))
        await sleep(500)
        await ready(lab, 'git')

        const different = structuredClone(body) as unknown as { spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: JsonObject } } } } }[] } }
        Object.assign(different.spec.versions[0]!.schema.openAPIV3Schema.properties.spec.properties, { theirs: { type: 'string' } })
        await must(lab.kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'gits.git.example' }, { type: 'apply', body: different as unknown as JsonObject, fieldManager: 'kustomize-controller', force: true }))
        expect(conditionsOf(await says(lab, { name: 'git', condition: 'Stalled', text: /SchemaDrift/ }))['Stalled']).toContain('kustomize-controller')
        await touch(lab, 'git')
        await sleep(1000)
        expect(specFields(await crdOf('git'))).toContain('theirs')

        await must(lab.kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'gits.git.example' }, { type: 'apply', body, fieldManager: 'kustomize-controller', force: true }))
        await ready(lab, 'git')

        await lab.apply(...noteWith('git', { name: 'one', spec: { title: 'git one' } }))
        await until('the note is there', () => [...ground.api.notes.values()].some((note) => note['title'] === 'git one'))
        await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'git' }))
        await until('the definition is gone', async () => (await lab.get(REST_DEFINITIONS, 'git')) === undefined)
        expect(ground.api.deleted).toContain('git one')
        const kept = await crdOf('git')
        expect({ deleting: metadataIn(kept)['deletionTimestamp'], owner: annotationsOf(kept ?? {})['krateo.io/restdefinition'] }).toEqual({ deleting: undefined, owner: undefined })
      })

      it('that was committed before the definition came is adopted; a foreign one is never overwritten', async () => {
        shown()
        const { lab } = ground
        await put('soon')
        await ready(lab, 'soon')
        const rendered = await crdOf('soon')
        await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'soon' }))
        await until('it is gone', async () => (await lab.get(REST_DEFINITIONS, 'soon')) === undefined && (await crdOf('soon')) === undefined)
        await must(lab.kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'soons.soon.example' }, { type: 'apply', body: { metadata: {}, spec: rendered!['spec'] as JsonObject }, fieldManager: 'kustomize-controller', force: true }))
        await lab.apply(noteObjects('soon', ground.api.url).definition)
        await ready(lab, 'soon')
        expect(annotationsOf((await crdOf('soon'))!)['krateo.io/restdefinition']).toBe('default/soon')

        const foreign = { ...(rendered!['spec'] as JsonObject), group: 'foreign.example', names: { kind: 'Foreign', plural: 'foreigns', singular: 'foreign', listKind: 'ForeignList' } }
        await must(lab.kube.create(CUSTOM_RESOURCE_DEFINITIONS, { metadata: { name: 'foreigns.foreign.example' }, spec: { ...foreign, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } }))
        await put('foreign')
        await says(lab, { name: 'foreign', condition: 'Stalled', text: /GroupRefused.*foreigns\.foreign\.example/ })
        expect(JSON.stringify((await lab.get(CUSTOM_RESOURCE_DEFINITIONS, 'foreigns.foreign.example'))?.['spec'])).not.toContain('v1alpha1')
        await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'foreign' }))
        await until('the definition is gone', async () => (await lab.get(REST_DEFINITIONS, 'foreign')) === undefined)
        expect(await lab.get(CUSTOM_RESOURCE_DEFINITIONS, 'foreigns.foreign.example')).toBeDefined()
      })

      it('of a running installation of the reference is taken over, as narrow as its resources allow', async () => {
        shown()
        const { lab, api } = ground
        const { document, definition } = noteObjects('old', api.url)
        const anything = { type: 'object', properties: { title: { type: 'string' }, forgotten: { type: 'string' }, unused: { type: 'string' }, configurationRef: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }
        await must(lab.kube.create(CUSTOM_RESOURCE_DEFINITIONS, {
          metadata: { name: 'olds.old.example' },
          spec: {
            group: 'old.example', scope: 'Namespaced', names: { kind: 'Old', plural: 'olds', singular: 'old', listKind: 'OldList', categories: ['old', 'restresources', 'rr'] },
            versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } }],
          },
        }))
        await lab.apply({ apiVersion: 'old.example/v1alpha1', kind: 'Old', metadata: { name: 'ancient', namespace: 'default' }, spec: { title: 'ancient', forgotten: 'x', configurationRef: { name: 'notes' } } })
        await lab.stopProvider()
        await lab.apply(document, definition)
        await must(lab.kube.patchStatus(REST_DEFINITIONS, { namespace: 'default', name: 'old' }, { type: 'merge', body: { status: { oasPath: '', resource: { apiVersion: 'old.example/v1alpha1', kind: 'Old' } } } }))
        await lab.startProvider()
        const taken = await ready(lab, 'old')
        expect(JSON.stringify((taken.status as JsonObject)['findings'])).toContain('PRV0114')
        expect(specFields(await crdOf('old'))).toEqual(expect.arrayContaining(['forgotten', 'stars']))
        expect(specFields(await crdOf('old'))).not.toContain('unused')
        expect((await lab.get(noteType('old'), 'ancient'))?.['spec']).toMatchObject({ forgotten: 'x' })
      })
    })

    describe('one kind', () => {
      it('belongs to one definition: the second is told whose it is, and gets it when that one goes', async () => {
        shown()
        const { lab, api } = ground
        const first = noteObjects('twin', api.url)
        const second = { ...first.definition, metadata: { name: 'twin-too', namespace: 'default' } }
        await lab.apply(first.document, first.definition)
        await ready(lab, 'twin')
        await lab.apply(second)
        await says(lab, { name: 'twin-too', condition: 'Stalled', text: /KindTaken.*default\/twin /})
        expect(await lab.get(DEPLOYMENTS, 'twin-too-controller')).toBeUndefined()
        await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'twin' }))
        await ready(lab, 'twin-too')
      })
    })

    describe('what was made', () => {
      it('is put back when somebody deletes or changes it', async () => {
        shown()
        const { lab } = ground
        await put('heal')
        await ready(lab, 'heal')
        const role = { name: 'heals-heal.example-v1alpha1' }
        const rules = (await lab.get(CLUSTER_ROLES, role.name))?.['rules']
        await must(lab.kube.patch(CLUSTER_ROLES, role, { type: 'merge', body: { rules: [] } }))
        await must(lab.kube.delete(CONFIG_MAPS, { namespace: 'default', name: 'heal-controller-configmap' }))
        await must(lab.kube.delete(SECRETS, { namespace: 'default', name: 'heal-controller-key' }))
        await must(lab.kube.patch(DEPLOYMENTS, { namespace: 'default', name: 'heal-controller' }, { type: 'merge', body: { spec: { replicas: 4 } } }))
        await until('all is as it was', async () => {
          const [again, settings, key, deployment] = await Promise.all([lab.get(CLUSTER_ROLES, role.name), lab.get(CONFIG_MAPS, 'heal-controller-configmap'), lab.get(SECRETS, 'heal-controller-key'), lab.get(DEPLOYMENTS, 'heal-controller')])
          return JSON.stringify(again?.['rules']) === JSON.stringify(rules) && settings !== undefined && key !== undefined && isObject(deployment?.['spec']) && deployment['spec']['replicas'] === 1
        })
        await must(lab.kube.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: 'heals.heal.example' }))
        await until('the kind is back', async () => {
          const crd = await crdOf('heal')
          return crd !== undefined && (crd.metadata as JsonObject)['deletionTimestamp'] === undefined
        })
        await ready(lab, 'heal')
      })

      it('follows the Secrets that Configurations name, and nothing more', async () => {
        shown()
        const { lab } = ground
        await put('lock')
        await ready(lab, 'lock')
        const named = async (): Promise<unknown> => ((await lab.get(ROLES, 'locks-lock.example-v1alpha1-secrets'))?.['rules'] as readonly JsonObject[] | undefined)?.[0]?.['resourceNames']
        expect(await named()).toBeUndefined()
        const [, configuration] = noteWith('lock', { name: 'x', spec: {} })
        await lab.apply(configuration!)
        await until('the Secret may be read', async () => JSON.stringify(await named()) === '["notes"]')
        await must(lab.kube.delete({ ...noteType('lock'), plural: 'lockconfigurations', kind: 'LockConfiguration' }, { namespace: 'default', name: 'notes' }))
        await until('and no longer', async () => (await named()) === undefined)
      })

      it('moves between a controller of its own and the shared one of the namespace', async () => {
        shown()
        const { lab, api } = ground
        const name = { metadata: { name: 'shared-ns' } }
        await must(lab.kube.create(NAMESPACES, name))
        const mode = (which: string): Parameters<typeof noteObjects>[2] => ({ namespace: 'shared-ns', spec: { controller: { mode: which } } })
        for (const kind of ['left', 'right']) await put(kind, mode('shared'))
        for (const kind of ['left', 'right']) await ready(lab, kind, 'shared-ns')
        const deployments = async (): Promise<readonly string[]> => (await must(lab.kube.list(DEPLOYMENTS, { namespace: 'shared-ns' }))).items.map((each) => textOf((each.metadata as JsonObject)['name'])).sort()
        expect(await deployments()).toEqual(['oasgen-shared-controller'])
        await lab.apply(...noteWith('left', { name: 'a', namespace: 'shared-ns', spec: { title: 'left a' } }), ...noteWith('right', { name: 'b', namespace: 'shared-ns', spec: { title: 'right b' } }))
        await until('both kinds are served', () => ['left a', 'right b'].every((title) => [...api.notes.values()].some((note) => note['title'] === title)))

        await lab.apply(noteObjects('right', api.url, mode('dedicated')).definition)
        await until('it has a controller of its own', async () => (await deployments()).join() === 'oasgen-shared-controller,right-controller')
        await ready(lab, 'right', 'shared-ns')
        for (const kind of ['left', 'right']) await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'shared-ns', name: kind }))
        await until('everything is gone', async () => (await deployments()).length === 0 && (await must(lab.kube.list(REST_DEFINITIONS, { namespace: 'shared-ns' }))).items.length === 0)
        expect([...api.notes.values()].filter((note) => ['left a', 'right b'].includes(textOf(note['title'] as string)))).toEqual([])
      })
    })

    describe('a definition that waits to be named', () => {
      it('costs nothing but itself until a list or an annotation names it', async () => {
        shown()
        const { lab } = ground
        const spec = { controller: { activation: 'whenNamed' } }
        await put('named', { spec })
        await put('unnamed', { spec })
        await ready(lab, 'named')
        const dormant = await ready(lab, 'unnamed')
        expect(conditionsOf(dormant)['Ready']).toMatch(/^True\/NotActivated/)
        expect(await crdOf('unnamed')).toBeUndefined()
        expect((dormant.metadata as JsonObject)['finalizers']).toBeUndefined()
        await must(lab.kube.patch(REST_DEFINITIONS, { namespace: 'default', name: 'unnamed' }, { type: 'merge', body: { metadata: { annotations: { 'krateo.io/activate': 'true' } } } }))
        await until('the kind is made', async () => (await crdOf('unnamed')) !== undefined)
      })
    })

    describe('a document behind an address', () => {
      it('is read with credentials, believed for its interval, asked for with a condition, and pinned', async () => {
        shown()
        const { lab, api } = ground
        api.document = { text: notesDocument(api.url), etag: '"1"', token: 'secret-of-documents' }
        const spec = { oasPath: `${api.url}/openapi.json`, document: { credentialsRef: { name: 'documents' }, refreshInterval: '1s' } }
        await lab.apply(noteObjects('far', api.url, { spec }).definition)
        await says(lab, { name: 'far', condition: 'Stalled', text: /there is no Secret default\/documents/ })
        await lab.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'documents', namespace: 'default' }, data: { token: Buffer.from('secret-of-documents').toString('base64') } })
        await ready(lab, 'far')
        const asked = (): number => api.count(/openapi\.json/)
        const before = { asked: asked() }
        await sleep(3500)
        expect(asked() - before.asked).toBeGreaterThanOrEqual(2)
        expect(asked() - before.asked).toBeLessThanOrEqual(5)

        api.document = { ...api.document, text: notesDocument(api.url, { fields: { ...NOTE_FIELDS, far: { type: 'string' } } }), etag: '"2"' }
        await until('the changed document is taken', async () => specFields(await crdOf('far')).includes('far'))
        api.document = undefined
        expect(conditionsOf(await says(lab, { name: 'far', condition: 'Synced', text: /^False/ }))['Ready']).toBe('True/Available the last good Plan serves')
        api.document = { text: notesDocument(api.url), etag: '"3"', token: 'secret-of-documents' }
        await ready(lab, 'far')
        await must(lab.kube.patch(REST_DEFINITIONS, { namespace: 'default', name: 'far' }, { type: 'merge', body: { spec: { document: { digest: `sha256:${'0'.repeat(64)}` } } } }))
        await says(lab, { name: 'far', condition: 'Stalled', text: /NET0505|sha256/ })
        await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'far' }))
        await until('it is gone', async () => (await lab.get(REST_DEFINITIONS, 'far')) === undefined)
      })
    })

    gitopsSuite(ground)
    accessSuite(ground)
    deletionSuite(ground)

    it('asks Kubernetes for nothing while nothing changes', async () => {
      shown()
      const { lab } = ground
      if (lab.target === 'real') return
      await sleep(1000)
      const before = lab.calls()
      await sleep(6500)
      // More than two polls and a refresh of every document; the definitions that wait for a person are looked at once a minute.
      expect(difference(before, lab.calls())).toEqual({})
    })

    it('never let tools conclude anything wrong, in any state that was seen', () => {
      expect(ground.lab.health.seen()).toBeGreaterThan(50)
      expect(ground.lab.health.violations()).toEqual([])
      expect(ground.lab.health.statesOf('RestDefinition', 'default/heal').at(-1)).toBe('Current')
    })
  })
}

function difference(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(after).filter(([name, count]) => count !== (before[name] ?? 0) && !name.startsWith('watch ')).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}

/** Nothing changes, but somebody looks again. */
async function touch(lab: Lab, name: string): Promise<void> {
  await must(lab.kube.patch(REST_DEFINITIONS, { namespace: 'default', name }, { type: 'merge', body: { metadata: { annotations: { 'krateo.io/reconcile-requested-at': `${Date.now()}` } } } }))
}

function metadataIn(object: KubeObject | undefined): JsonObject {
  return isObject(object?.metadata) ? object.metadata : {}
}

function specSchema(crd: KubeObject | undefined): JsonObject {
  const spec = crd?.['spec'] as { versions: { schema: { openAPIV3Schema: { properties: { spec?: JsonObject } } } }[] } | undefined
  return spec?.versions[0]?.schema.openAPIV3Schema.properties.spec ?? {}
}

function specFields(crd: KubeObject | undefined): readonly string[] {
  return Object.keys((specSchema(crd)['properties'] ?? {}) as JsonObject)
}

function specRequired(crd: KubeObject | undefined): readonly string[] {
  return (specSchema(crd)['required'] ?? []) as readonly string[]
}
