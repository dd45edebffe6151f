import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import type { JsonObject } from '@oasgen/json'
import { connectKube, loadKubeconfig, type Kube } from '@oasgen/kube'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { createPlace, type Place } from '../../packages/cli/src/main.testing.js'
import { until } from './stack/stack.js'

const DOCUMENT = readFileSync(new URL('../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8')

const definition = (name: string, verbs: string): string => `
apiVersion: ogen.krateo.io/v1alpha1
kind: RestDefinition
metadata: {name: ${name}, namespace: krateo}
spec:
  oasPath: configmap://krateo/${name}/openapi.yaml
  resourceGroup: ${name}.example
  resource:
    kind: Book
    identifiers: [title]
    additionalStatusFields: [id]
    verbsDescription:
${verbs}---
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: krateo}
data: {openapi.yaml: ${JSON.stringify(DOCUMENT)}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}-controller, namespace: krateo}
spec:
  replicas: 1
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: 'ghcr.io/krateoplatformops/rest-dynamic-controller:0.7.0'}]}
`
const VERBS = `    - {action: findby, method: GET, path: /books}
    - {action: get, method: GET, path: '/books/{id}'}
    - {action: create, method: POST, path: /books}
    - {action: update, method: PATCH, path: '/books/{id}'}
    - {action: delete, method: DELETE, path: '/books/{id}'}
`
const GENERATOR = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: oasgen-provider, namespace: krateo}
spec:
  replicas: 1
  selector: {matchLabels: {a: c}}
  template:
    metadata: {labels: {a: c}}
    spec: {containers: [{name: c, image: 'ghcr.io/krateoplatformops/oasgen-provider:0.20.0'}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: krateo}
spec:
  replicas: 1
  selector: {matchLabels: {a: d}}
  template:
    metadata: {labels: {a: d}}
    spec: {containers: [{name: c, image: nginx}]}
`

describe('oasgen migrate, on a cluster as the reference leaves it', () => {
  let plane: ControlPlane
  let kube: Kube
  let place: Place
  const say = (...args: readonly string[]): ReturnType<Place['say']> => place.say([...args, '--kubeconfig', 'cluster'])
  const book = (name: string, annotations: JsonObject, status?: JsonObject): JsonObject => ({ apiVersion: 'shop.example/v1alpha1', kind: 'Book', metadata: { name, namespace: 'krateo', annotations }, spec: { configurationRef: { name: 'shop' }, title: name, author: 'x', price: 5 }, ...(status && { status }) })
  const type = { group: 'shop.example', version: 'v1alpha1', kind: 'Book', plural: 'books', namespaced: true }
  const replicas = async (): Promise<Readonly<Record<string, number>>> => {
    const { items } = JSON.parse((await say('get', 'deployments', '-n', 'krateo', '-o', 'json')).out) as { items: { metadata: { name: string }; spec: { replicas: number } }[] }
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]))
  }

  beforeAll(async () => {
    place = createPlace()
    plane = await startControlPlane({ inMemory: true })
    plane.writeKubeconfig(join(place.folder, 'cluster'))
    kube = connectKube((await loadKubeconfig({ path: join(place.folder, 'cluster') })).value!)
    place.write('crd.json', JSON.stringify(restDefinitionCrd()))
    place.write('namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: krateo}\n')
    place.write('state.yaml', `${definition('shop', VERBS).replace('    identifiers:', '    schema: strict\n    identifiers:')}---${definition('broken', VERBS.replaceAll('/books', '/volumes'))}---${GENERATOR}`)
    place.write('shop.yaml', definition('shop', VERBS).replace('    identifiers:', '    schema: strict\n    identifiers:'))
    place.write('kinds.yaml', (await place.say(['render', '-f', 'shop.yaml'])).out)
    expect(await say('apply', '-f', 'crd.json', '-f', 'namespace.yaml', '-f', 'kinds.yaml')).toMatchObject({ code: 0 })
    await until('RestDefinitions are served', async () => (await say('apply', '-f', 'state.yaml')).code === 0)
    const books = [
      book('known', { 'krateo.io/external-create-succeeded': '2026-01-01T10:00:00Z' }, { id: 7, title: 'known' }),
      book('lost', { 'krateo.io/external-create-pending': '2026-01-01T10:00:00Z' }),
      book('fresh', {}),
    ]
    for (const object of books) {
      const made = await kube.create(type, object)
      if (!made.ok) throw new Error(made.error.finding.message)
      if (object.status !== undefined) expect(await kube.updateStatus(type, { ...made.value, status: object.status })).toMatchObject({ ok: true })
    }
  })
  afterAll(async () => {
    await kube.close()
    await plane.close()
    place.remove()
  })

  it('tells for each object what will happen, and changes nothing', async () => {
    const said = await say('migrate', '--dry-run')
    expect(said.code).toBe(1)
    expect(said.out).toContain('Book krateo/known  taken over: looked at by the id in its status, nothing is made')
    expect(said.out).toContain('Book krateo/lost  a create of 2026-01-01T10:00:00Z has no known end')
    expect(said.out).toContain('Book krateo/fresh  was never made')
    expect(said.out).toContain('kind    stays as it is')
    expect(said.out).toMatch(/RestDefinition krateo\/broken \(Book\)\n {2}stops {3}OAS0301/)
    expect(said.out).toContain('2 definitions, 3 resources: 1 taken over, 1 wait for a person')
    expect(await replicas()).toEqual({ 'shop-controller': 1, 'broken-controller': 1, 'oasgen-provider': 1, other: 1 })
  })

  it('gives the same facts to programs', async () => {
    const { definitions, programs } = JSON.parse((await say('migrate', '--dry-run', '-o', 'json')).out) as { definitions: { name: string; resources: object[] }[]; programs: string[] }
    expect(definitions.map(({ name }) => name)).toEqual(['broken', 'shop'])
    expect(programs).toEqual(['deployment krateo/broken-controller', 'deployment krateo/oasgen-provider', 'deployment krateo/shop-controller'])
  })

  it('stops nothing while something would not work as before', async () => {
    const said = await say('migrate')
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') as string })
    expect((await replicas())['oasgen-provider']).toBe(1)
  })

  it('stops the old programs when told to, the generator first, and no other', async () => {
    const said = await say('migrate', '--force')
    expect(said).toMatchObject({ code: 0 })
    expect(said.out.match(/deployment .* scaled to 0/g)?.[0]).toBe('deployment krateo/oasgen-provider scaled to 0')
    expect(await replicas()).toEqual({ 'shop-controller': 0, 'broken-controller': 0, 'oasgen-provider': 0, other: 1 })
  })
})
