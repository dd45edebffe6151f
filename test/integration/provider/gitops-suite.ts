import { describe, expect, it, onTestFailed } from 'vitest'
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, SECRETS, type ResourceType } from '@oasgen/kube'
import { textOf, type JsonObject } from '@oasgen/json'
import { compileDefinition, REST_DEFINITIONS } from '@oasgen/provider'
import { until, type Lab } from './lab.js'
import { noteObjects, noteType, noteWith } from './notes-api.js'
import { kstatus } from './oracle.js'
import type { Ground } from './suite.js'

/** As Flux applies: CRDs first and waited for, then everything else; in a stage all are tried before one is applied. */
async function applyKustomization(lab: Lab, objects: readonly JsonObject[]): Promise<string> {
  const isCrd = (object: JsonObject): boolean => object['kind'] === 'CustomResourceDefinition'
  for (const stage of [objects.filter(isCrd), objects.filter((object) => !isCrd(object))]) {
    for (const object of stage) {
      const problem = await applyOne(lab, object, true)
      if (problem !== undefined) return problem
    }
    for (const object of stage) {
      const problem = await applyOne(lab, object, false)
      if (problem !== undefined) return problem
    }
    for (const crd of stage.filter(isCrd)) await until('the CRD is established', async () => JSON.stringify((await lab.get(CUSTOM_RESOURCE_DEFINITIONS, nameIn(crd)))?.['status'] ?? {}).includes('"Established"'))
  }
  return 'applied'
}

async function applyOne({ kube }: Lab, object: JsonObject, dryRun: boolean): Promise<string | undefined> {
  const type = typeFor(object)
  const ref = { name: nameIn(object), ...(type.namespaced && { namespace: 'default' }) }
  const answer = await kube.patch(type, ref, { type: 'apply', body: object, fieldManager: 'kustomize-controller', force: true }, { dryRun })
  return answer.ok ? undefined : `${type.kind} ${ref.name}: ${answer.error.message}`
}

function typeFor(object: JsonObject): ResourceType {
  const known = [CUSTOM_RESOURCE_DEFINITIONS, CONFIG_MAPS, SECRETS, NAMESPACES, REST_DEFINITIONS].find(({ kind }) => kind === object['kind'])
  if (known !== undefined) return known
  const kind = textOf(object['kind'])
  const [group = '', version = ''] = textOf(object['apiVersion']).split('/')
  return { group, version, kind, namespaced: true, plural: `${kind.toLowerCase()}s` }
}

function nameIn(object: JsonObject): string {
  return textOf((object['metadata'] as JsonObject)['name'])
}

/** What `oasgen render` prints, to be committed. */
function rendered(document: JsonObject, definition: JsonObject): readonly JsonObject[] {
  const bytes = Buffer.from(textOf((document['data'] as JsonObject)['notes.json']))
  const compiled = compileDefinition({ definition, document: { uri: textOf((definition['spec'] as JsonObject)['oasPath']), bytes }, overlays: {}, others: {} })
  return [compiled.resourceCrd, compiled.configurationCrd].filter((crd) => crd !== undefined)
}

export function gitopsSuite(ground: Ground): void {
  describe('GitOps', () => {
    const exists = (title: string): boolean => [...ground.api.notes.values()].some((note) => note['title'] === title)
    const health = async (type: ResourceType, name: string): Promise<string> => {
      const found = await ground.lab.get(type, name)
      return found === undefined ? 'missing' : kstatus(found)
    }

    it('with committed CRDs converges in one go, and everything in it becomes Current', async () => {
      onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))
      const { lab, api } = ground
      const { document, definition } = noteObjects('pipe', api.url)
      const all = [...rendered(document, definition), document, definition, ...noteWith('pipe', { name: 'one', spec: { title: 'pipe one' } })]
      expect(await applyKustomization(lab, all)).toBe('applied')
      await until('all are Current', async () => (await health(REST_DEFINITIONS, 'pipe')) === 'Current' && (await health(noteType('pipe'), 'one')) === 'Current')
      expect(exists('pipe one')).toBe(true)
      // The next interval applies the same again; nobody fights.
      expect(await applyKustomization(lab, all)).toBe('applied')
      expect(await health(REST_DEFINITIONS, 'pipe')).toBe('Current')
    })

    it('in two stages, the second waiting for the first, converges without committed CRDs', async () => {
      const { lab, api } = ground
      const { document, definition } = noteObjects('stage', api.url)
      expect(await applyKustomization(lab, [document, definition])).toBe('applied')
      await until('the definitions are Current', async () => (await health(REST_DEFINITIONS, 'stage')) === 'Current')
      expect(await applyKustomization(lab, noteWith('stage', { name: 'one', spec: { title: 'stage one' } }))).toBe('applied')
      await until('the resources are Current', async () => (await health(noteType('stage'), 'one')) === 'Current')
      expect(exists('stage one')).toBe(true)
    })

    it('in one stage without committed CRDs is refused as a whole, which is why the docs warn of it', async () => {
      const { lab, api } = ground
      const { document, definition } = noteObjects('stuck', api.url)
      expect(await applyKustomization(lab, [document, definition, ...noteWith('stuck', { name: 'one', spec: { title: 'stuck one' } })])).toMatch(/^StuckConfiguration notes: /)
      expect(await health(REST_DEFINITIONS, 'stuck')).toBe('missing')
    })
  })
}
