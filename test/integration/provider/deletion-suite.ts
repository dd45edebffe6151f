import { describe, expect, it, onTestFailed } from 'vitest'
import { CLUSTER_ROLES, CONFIG_MAPS, CORE_EVENTS, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, EVENTS, NAMESPACES, ROLES, SECRETS, type KubeObject } from '@oasgen/kube'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { must, ready, says, until, type Lab } from './lab.js'
import { noteObjects, noteType, noteWith } from './notes-api.js'
import type { Ground } from './suite.js'

/** What is taken away first, and what must be left of it on the other side. */
interface Order {
  readonly name: string
  readonly reason: string
  readonly spec?: JsonObject
  /** Steps in order; each is begun before the one before it has ended. */
  readonly steps: readonly Step[]
  readonly left: 'nothing' | 'the notes'
}

type Step = 'definition' | 'crd' | 'document' | 'secret' | 'configuration' | 'notes' | 'controllerGone' | 'apiDown' | 'apiUp' | 'providerDown' | 'providerUp'

const ORDERS: readonly Order[] = [
  { name: 'dela', reason: 'the definition alone', steps: ['definition'], left: 'nothing' },
  { name: 'delb', reason: 'the definition with its document, as helm uninstall does', steps: ['document', 'definition'], left: 'nothing' },
  { name: 'delc', reason: 'everything at once, as Flux prunes', steps: ['secret', 'configuration', 'notes', 'document', 'definition'], left: 'nothing' },
  { name: 'deld', reason: 'the kind first, then the definition', steps: ['crd', 'definition'], left: 'nothing' },
  { name: 'dele', reason: 'the credentials long before', steps: ['secret', 'definition'], left: 'nothing' },
  { name: 'delf', reason: 'the API is out of order when it is asked to', steps: ['apiDown', 'definition', 'apiUp'], left: 'nothing' },
  { name: 'delg', reason: 'the controller was taken away by hand', steps: ['controllerGone', 'definition'], left: 'nothing' },
  { name: 'delh', reason: 'the provider is down when it is asked to', steps: ['providerDown', 'definition', 'notes', 'providerUp'], left: 'nothing' },
  { name: 'deli', reason: 'the policy says that the objects stay', spec: { policy: { onDefinitionDelete: 'orphan' } }, steps: ['definition'], left: 'the notes' },
]

export function deletionSuite(ground: Ground): void {
  describe('deletion', () => {
    it('ends in every order, without a hang and without an orphan that nobody asked for', async () => {
      onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))
      const { lab, api } = ground
      for (const { name, spec } of ORDERS) {
        const { document, definition } = noteObjects(name, api.url, spec === undefined ? {} : { spec })
        await lab.apply(document, definition)
      }
      for (const { name } of ORDERS) await ready(lab, name)
      for (const { name } of ORDERS) await lab.apply(...withOwnSecret(name))
      for (const { name } of ORDERS) await until(`the note of ${name} is there`, () => titles(ground).includes(`${name} one`))
      for (const order of ORDERS) {
        for (const step of order.steps) await take(ground, order.name, step)
        await until(`${order.name} is gone: ${order.reason}`, async () => (await lab.get(REST_DEFINITIONS, order.name)) === undefined, 60_000)
        expect({ order: order.reason, left: titles(ground).includes(`${order.name} one`) }).toEqual({ order: order.reason, left: order.left === 'the notes' })
        expect(await leftOf(lab, order.name)).toEqual([])
      }
      // Each was deleted once: what failed was repeated, what worked was not.
      for (const { name, left } of ORDERS) expect({ name, deletes: api.deleted.filter((title) => title === `${name} one`).length }).toEqual({ name, deletes: left === 'nothing' ? 1 : 0 })
    })

    it('of a namespace with everything in it loses nothing silently', async () => {
      onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))
      const { lab, api } = ground
      await must(lab.kube.create(NAMESPACES, { metadata: { name: 'goner' } }))
      const { document, definition } = noteObjects('gone', api.url, { namespace: 'goner' })
      await lab.apply(document, definition)
      await ready(lab, 'gone', 'goner')
      await lab.apply(...noteWith('gone', { name: 'one', namespace: 'goner', spec: { title: 'in the namespace' } }))
      await until('the note is there', () => titles(ground).includes('in the namespace'))
      await must(lab.kube.delete(NAMESPACES, { name: 'goner' }))
      // Controller, account and rights go in the same moment. What cannot be deleted outside any more holds the namespace, and says so.
      await until('the definition is gone, or says what is in the way', async () => {
        const found = await lab.get(REST_DEFINITIONS, 'gone', 'goner')
        return found === undefined || JSON.stringify(found.status ?? {}).includes('restResources still exist')
      }, 60_000)
      const held = await lab.get(noteType('gone'), 'one', 'goner')
      expect(titles(ground).includes('in the namespace')).toBe(held !== undefined)
      // A person lets it go.
      if (held !== undefined) await must(lab.kube.patch(noteType('gone'), { namespace: 'goner', name: 'one' }, { type: 'merge', body: { metadata: { finalizers: null } } }))
      await until('everything is gone', async () => (await lab.get(REST_DEFINITIONS, 'gone', 'goner')) === undefined && (await lab.get(CUSTOM_RESOURCE_DEFINITIONS, 'gones.gone.example')) === undefined)
    })

    it('is announced with a count, and blocked where the policy says so', async () => {
      onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))
      const { lab, api } = ground
      const { document, definition } = noteObjects('block', api.url, { spec: { policy: { onDefinitionDelete: 'block' } } })
      await lab.apply(document, definition)
      await ready(lab, 'block')
      await lab.apply(...noteWith('block', { name: 'one', spec: { title: 'block one' } }))
      await until('the note is there', () => titles(ground).includes('block one'))
      await must(lab.kube.delete(REST_DEFINITIONS, { namespace: 'default', name: 'block' }))
      await says(lab, { name: 'block', condition: 'Stalled', text: /DeletionBlocked.*1 resources of Block exist/ })
      expect(titles(ground)).toContain('block one')
      await must(lab.kube.patch(REST_DEFINITIONS, { namespace: 'default', name: 'block' }, { type: 'merge', body: { spec: { policy: { onDefinitionDelete: 'cascade' } } } }))
      await until('it is gone with its note', async () => (await lab.get(REST_DEFINITIONS, 'block')) === undefined && !titles(ground).includes('block one'))
      await until('the event counted them', async () => (await notesOfEvents(lab)).some((note) => note.includes('1 Block resources are deleted with this definition')))
    })
  })
}

/** Every order has a Secret of its own, so that taking it away disturbs nobody else. */
function withOwnSecret(name: string): readonly JsonObject[] {
  const [secret, configuration, note] = noteWith(name, { name: 'one', spec: { title: `${name} one` } }) as [JsonObject, JsonObject, JsonObject]
  const metadata = { name: `${name}-token`, namespace: 'default' }
  return [{ ...secret, metadata }, { ...configuration, spec: { authentication: { bearer: { tokenRef: { ...metadata, key: 'token' } } } } }, note]
}

async function take({ lab, api }: Ground, name: string, step: Step): Promise<void> {
  const ref = (object: string): { namespace: string; name: string } => ({ namespace: 'default', name: object })
  const type = noteType(name)
  switch (step) {
    case 'definition': return void (await must(lab.kube.delete(REST_DEFINITIONS, ref(name))))
    case 'crd': return void (await must(lab.kube.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `${type.plural}.${type.group}` })))
    case 'document': return void (await must(lab.kube.delete(CONFIG_MAPS, ref(name))))
    case 'secret': return void (await must(lab.kube.delete(SECRETS, ref(`${name}-token`))))
    case 'configuration': return void (await must(lab.kube.delete({ ...type, plural: `${name}configurations`, kind: `${type.kind}Configuration` }, ref('notes'))))
    case 'notes': return void (await must(lab.kube.delete(type, ref('one'))))
    case 'controllerGone': return void (await must(lab.kube.delete(DEPLOYMENTS, ref(`${name}-controller`))))
    case 'providerDown': return lab.stopProvider()
    case 'providerUp': return lab.startProvider()
    case 'apiDown':
      api.outage = 503
      return
    case 'apiUp': {
      await until('the definition says what is left', async () => JSON.stringify((await lab.get(REST_DEFINITIONS, name))?.status ?? {}).includes('restResources still exist'))
      api.outage = undefined
    }
  }
}

/** What a definition must not leave behind. */
async function leftOf(lab: Lab, name: string): Promise<readonly string[]> {
  const { plural, group } = noteType(name)
  const access = `${plural}-${group}-v1alpha1`
  const found = await Promise.all([
    lab.get(CUSTOM_RESOURCE_DEFINITIONS, `${plural}.${group}`), lab.get(CUSTOM_RESOURCE_DEFINITIONS, `${name}configurations.${group}`), lab.get(CLUSTER_ROLES, access),
    lab.get(CLUSTER_ROLES, `${plural}.${group}-view`), lab.get(ROLES, access), lab.get(ROLES, `${access}-secrets`), lab.get(CONFIG_MAPS, `${name}-controller-plan`), lab.get(SECRETS, `${name}-controller-key`),
  ])
  const standing = found.filter((object): object is KubeObject => object !== undefined && (object.metadata as JsonObject)['deletionTimestamp'] === undefined)
  return standing.map((object) => `${textOf(object['kind'])} ${textOf((object.metadata as JsonObject)['name'])}`)
}

function titles({ api }: Ground): readonly unknown[] {
  return [...api.notes.values()].map((note) => note['title'])
}

async function notesOfEvents(lab: Lab): Promise<readonly string[]> {
  const lists = await Promise.all([lab.kube.list(EVENTS, { namespace: 'default' }), lab.kube.list(CORE_EVENTS, { namespace: 'default' })])
  return lists.flatMap((list) => (list.ok ? list.value.items.filter(isObject).flatMap((event) => [textOf(event['note'] ?? ''), textOf(event['message'] ?? '')]) : []))
}
