import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CORE_SCHEMA, load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import { CUSTOM_RESOURCE_DEFINITIONS } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { conditionsOf, isReady, must, openLab, until, type Lab } from './lab.js'

interface Entry {
  readonly provider: string
  readonly file: string
  readonly oas: string
  readonly kind: string
  readonly group: string
  readonly verbs: readonly { readonly action: string; readonly method: string; readonly path: string; readonly inOas: boolean }[]
}

const FOLDER = join(process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url)), 'providers')
const INDEX = join(FOLDER, 'index.json')
const PROVIDERS = existsSync(INDEX) ? (JSON.parse(readFileSync(INDEX, 'utf8')) as { providers: Record<string, { restDefinitions: Omit<Entry, 'provider'>[] }> }).providers : {}
const ENTRIES: readonly Entry[] = Object.entries(PROVIDERS).flatMap(([provider, { restDefinitions }]) => restDefinitions.map((entry) => ({ ...entry, provider })))

/** Each in a namespace of its chart, so that charts with equal names stand beside each other. */
function objectsOf(entry: Entry): { readonly definition: JsonObject; readonly document: JsonObject } {
  const read = load(readFileSync(join(FOLDER, entry.provider, entry.file), 'utf8'), { schema: CORE_SCHEMA }) as { metadata: JsonObject; spec: JsonObject }
  const [, , , name = '', key = ''] = textOf(read.spec['oasPath']).split('/')
  const metadata = { ...read.metadata, namespace: entry.provider }
  return {
    definition: { ...read, metadata, spec: { ...read.spec, oasPath: `configmap://${entry.provider}/${name}/${key}` } } as JsonObject,
    document: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: entry.provider }, data: { [key]: readFileSync(join(FOLDER, entry.provider, entry.oas), 'utf8') } },
  }
}

describe.skipIf(ENTRIES.length === 0)(`RestDefinitions of published charts (${ENTRIES.length === 0 ? 'not run: folder absent' : ENTRIES.length})`, () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab('embedded', { controllers: 'stub', args: ['-poll=1h'] })
  })
  afterAll(async () => { await lab?.close() })

  it('12 become Ready; 18 of one chart say which of their paths no document has, and serve the rest', async () => {
    for (const namespace of new Set(ENTRIES.map(({ provider }) => provider))) await lab.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    for (const entry of ENTRIES) {
      const { definition, document } = objectsOf(entry)
      await lab.apply(document, definition)
    }
    const names = ENTRIES.map((entry) => ({ entry, name: textOf((objectsOf(entry).definition['metadata'] as JsonObject)['name']) }))
    const seen = new Map<Entry, JsonObject>()
    await until('each is Ready or stalled', async () => {
      for (const { entry, name } of names) {
        const object = await lab.get(REST_DEFINITIONS, name, entry.provider)
        if (object !== undefined && (isReady(object) || conditionsOf(object)['Stalled'] !== undefined) && statusOf(object)['runningPlanHash'] !== undefined) seen.set(entry, object)
      }
      return seen.size === ENTRIES.length
    }, 120_000).catch((error: unknown) => { throw new Error(`${String(error)}: missing ${names.filter(({ entry }) => !seen.has(entry)).map(({ name }) => name).join(', ')}`) })

    const ready = ENTRIES.filter((entry) => isReady(seen.get(entry)))
    expect(ready).toHaveLength(12)
    const others = ENTRIES.filter((entry) => !ready.includes(entry))
    expect(others).toHaveLength(18)
    expect(new Set(others.map(({ provider }) => provider)).size).toBe(1)
    const missing = ENTRIES.flatMap((entry) => entry.verbs.filter(({ inOas }) => !inOas).map((verb) => ({ entry, verb })))
    expect(missing).toHaveLength(52)
    for (const { entry, verb } of missing) {
      const errors = findingsOf(seen.get(entry)).filter(({ severity }) => severity === 'error')
      const texts = errors.map(({ message }) => textOf(message))
      expect({ verb, texts, isNamed: texts.some((text) => text.includes(verb.path)) }).toMatchObject({ isNamed: true })
      expect(conditionsOf(seen.get(entry))['Ready']).toMatch(/^False/)
    }
    const kinds = (await must(lab.kube.list(CUSTOM_RESOURCE_DEFINITIONS))).items.map((crd) => `${textOf(((crd['spec'] as JsonObject)['names'] as JsonObject)['kind'])}.${textOf((crd['spec'] as JsonObject)['group'])}`)
    for (const { kind, group } of ENTRIES) expect(kinds).toContain(`${kind}.${group}`)
    expect(lab.health.violations()).toEqual([])
  })

  it('costs about 20 calls of Kubernetes for each', () => {
    const calls = lab.calls()
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0)
    // What there is once for all definitions, and the warnings of those that are not Ready, come on top.
    const ownWatches = Object.keys(calls).filter((call) => call.startsWith('watch ') && !call.includes('configurations.')).length
    // 20 on a quiet machine (the bench holds that); on a busy one a state in between is told now and then.
    expect({ each: (total - ownWatches - 18) / ENTRIES.length, calls }).toSatisfy(({ each }: { each: number }) => each <= 21)
  })
})

function statusOf(object: JsonObject): JsonObject {
  return isObject(object['status']) ? object['status'] : {}
}

function findingsOf(object: JsonObject | undefined): readonly JsonObject[] {
  const findings = object === undefined ? [] : statusOf(object)['findings']
  return isArray(findings) ? findings.filter(isObject) : []
}
