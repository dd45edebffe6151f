import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORE_SCHEMA, load, loadAll } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromPlain, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { providerRules } from '@oasgen/provider'
import { checkTemplates } from '../../packages/provider/src/objects/deploy.js'
import { DEPLOYMENT_TEMPLATE } from '../../packages/provider/src/objects/templates.js'
import { CHART, helmCommand, ROOT, run, tryRun } from './chart-run.js'

const SPECS = join(ROOT, 'specs/chart')
const sets = readdirSync(SPECS)

describe('the chart', () => {
  beforeAll(() => void helmCommand())

  it.each(sets)('passes helm lint with the values "%s"', async (set) => {
    expect(await run(helmCommand(), ['lint', '--strict', '--quiet', CHART, '--values', valuesOf(set)])).not.toContain('ERROR')
  })

  it.each(sets)('renders the golden manifests of "%s"', async (set) => {
    const rendered = withoutCrd(await render(set))
    const golden = join(SPECS, set, 'rendered.yaml')
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, rendered)
    expect(rendered, `${golden}: ${readFileSync(join(SPECS, set, 'README.md'), 'utf8')}`).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : '')
  })

  it.each(sets)('gives the provider templates that it can use with the values "%s"', async (set) => {
    const data = objectsOf(await render(set)).find((object) => object['kind'] === 'ConfigMap' && nameOf(object).endsWith('-rdc'))?.['data'] as Record<string, string>
    const readYaml = (text: string): JsonValue => fromPlain(load(text, { schema: CORE_SCHEMA })) ?? null
    expect(checkTemplates({ image: 'x', deploymentTemplate: data['deployment.yaml'] ?? '', settingsTemplate: data['configmap.yaml'] ?? '', readYaml })).toEqual([])
  })

  it('tells controllers all that the built-in template tells them', async () => {
    const data = objectsOf(await render('default')).find((object) => nameOf(object).endsWith('-rdc'))?.['data'] as Record<string, string>
    const named = (template: string): readonly string[] => [...template.matchAll(/name: ([A-Z][A-Z_]+)|(-[a-z]+=)|containerPort: (\d+)|\w+Probe:/g)].map(([text]) => text.trim().replace(/:$/, '')).sort()
    expect(named(data['deployment.yaml'] ?? '')).toEqual(expect.arrayContaining([...named(DEPLOYMENT_TEMPLATE)]))
  })

  it('grants what the tests grant, and only the allowed groups where these are named', async () => {
    const rules = async (set: string): Promise<JsonValue> => objectsOf(await render(set)).find((object) => object['kind'] === 'ClusterRole')?.['rules'] ?? null
    expect(await rules('default')).toEqual(providerRules())
    const withoutRoles = providerRules().filter((rule) => !JSON.stringify(rule).includes('rbac.authorization.k8s.io'))
    expect(JSON.stringify(await rules('locked-down'))).toBe(JSON.stringify(withoutRoles).replace('"apiGroups":["*"]', '"apiGroups":["bookshop.example","github.example"]'))
    expect(JSON.stringify(await rules('locked-down'))).not.toContain('"apiGroups":["*"]')
  })

  it('keeps the CRD when it is uninstalled, and upgrades it as a template', async () => {
    const crd = objectsOf(await render('default')).find((object) => object['kind'] === 'CustomResourceDefinition')
    expect(crd).toMatchObject({ metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } })
    const generated = load(readFileSync(join(ROOT, 'crds/ogen.krateo.io_restdefinitions.yaml'), 'utf8'), { schema: CORE_SCHEMA }) as JsonObject
    expect(crd?.['spec']).toEqual(generated['spec'])
  })

  const refused: readonly { name: string; values: readonly string[]; says: string }[] = [
    { name: 'a misspelt value', values: ['rdc.resource.limits.memory=1Gi'], says: 'resource' },
    { name: 'a policy that does not exist', values: ['crossNamespace=maybe'], says: 'crossNamespace' },
    { name: 'an environment variable that is none', values: ['env.A-B=1'], says: 'A-B' },
    { name: 'a group with a wildcard inside', values: ['allowGroups={a.*.example}'], says: 'allowGroups' },
    { name: 'a digest without its algorithm', values: ['image.digest=0123'], says: 'digest' },
  ]
  it.each(refused)('refuses $name', async ({ values, says }) => {
    const answer = await tryRun(helmCommand(), ['template', 'x', CHART, ...values.flatMap((value) => ['--set', value])])
    expect(answer.code).not.toBe(0)
    expect(answer.stderr).toContain(says)
  })

  it('says so when the image of the reference is left in the values', async () => {
    const answer = await run(helmCommand(), ['install', 'x', CHART, '--dry-run=client', '--set', 'rdc.image.tag=0.7.0', '--set', 'image.repository=ghcr.io/krateoplatformops/oasgen-provider'])
    expect(answer).toContain('WARNING: image.repository')
    expect(answer).toContain('WARNING: rdc.image.tag 0.7.0')
  })

  it('raises alerts and draws graphs from metrics that exist', () => {
    const text = ['alerts.yaml', 'dashboard.json'].map((file) => readFileSync(join(CHART, 'files', file), 'utf8')).join('\n')
    const used = new Set([...text.matchAll(/\b((?:oasgen|workqueue|controller|rest_client|leader_election|process)_[a-z_]+)/g)].map(([, name = '']) => name.replace(/_bucket$/, '')))
    const documented = ['docs/telemetry.md', 'packages/provider/src/definition-metrics.ts'].map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
    expect([...used].filter((name) => !name.startsWith('process_') && !documented.includes(name))).toEqual([])
    expect(used.size).toBeGreaterThan(8)
  })

  it('is the same as the Kustomize base', async () => {
    const base = join(ROOT, 'deploy/base/provider.yaml')
    const rendered = withoutHelm(await render('default'))
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(base, rendered)
    expect(rendered).toBe(readFileSync(base, 'utf8'))
    const built = objectsOf(await run('kubectl', ['kustomize', join(ROOT, 'deploy/base')]))
    expect(built.map((object) => textOf(object['kind'])).sort()).toEqual([...objectsOf(rendered).map((object) => textOf(object['kind'])), 'Namespace'].sort())
  })
})

function valuesOf(set: string): string {
  return join(SPECS, set, 'values.yaml')
}

function render(set: string): Promise<string> {
  return run(helmCommand(), ['template', 'oasgen-provider', CHART, '--namespace', 'krateo-system', '--values', valuesOf(set)])
}

/** CRD and rights of the provider are compared with their sources in tests of their own; they and the panels would hide the rest. */
function withoutCrd(rendered: string): string {
  return rendered.split(/^---\n/m).map((document) => {
    if (document.includes('\nkind: CustomResourceDefinition\n')) return document.replace(/\nspec:\n[\s\S]*$/, '\nspec: # as in crds/\n')
    if (/\nkind: ClusterRole\n[\s\S]*customresourcedefinitions/.test(document)) return document.replace(/\nrules:\n[\s\S]*$/, '\nrules: # as in files/provider-rules.yaml\n')
    return document.replace(/\n {2}oasgen\.json: \|\n[\s\S]*$/, '\n  oasgen.json: # as in files/dashboard.json\n')
  }).join('---\n')
}

/** For people who do not use Helm: its labels and comments would only confuse. */
function withoutHelm(rendered: string): string {
  return rendered.replace(/^# Source: .*\n/gm, '').replace(/^ *helm\.sh\/(chart|resource-policy): .*\n/gm, '').replace(/^ *app\.kubernetes\.io\/managed-by: Helm\n/gm, '').replace(/^ *annotations:\n(?= *spec:|spec:)/gm, '')
}

function objectsOf(rendered: string): readonly JsonObject[] {
  return (loadAll(rendered, undefined, { schema: CORE_SCHEMA }) as JsonValue[]).filter(isObject)
}

function nameOf(object: JsonObject): string {
  return isObject(object['metadata']) ? textOf(object['metadata']['name']) : ''
}
