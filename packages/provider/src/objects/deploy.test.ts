import { CORE_SCHEMA, load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { fromPlain, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { checkTemplates, renderDeployment, type DeploymentSettings } from './deploy.js'
import { namesFor, sharedNames } from './names.js'
import { renderAccess, renderFieldSecretAccess, renderSecretAccess } from './rbac.js'
import { DEPLOYMENT_TEMPLATE, SETTINGS_TEMPLATE } from './templates.js'

const settings: DeploymentSettings = {
  image: 'registry.example/controller:1', deploymentTemplate: DEPLOYMENT_TEMPLATE, settingsTemplate: SETTINGS_TEMPLATE,
  readYaml: (text): JsonValue => fromPlain(load(text, { schema: CORE_SCHEMA })) ?? null,
}
const plan = {
  definition: { namespace: 'gh-system', name: 'gh-repo' },
  resource: { group: 'github.ogen.krateo.io', version: 'v1alpha1', kind: 'Repo', plural: 'repoes' },
  configuration: { kind: 'RepoConfiguration', plural: 'repoconfigurations', required: true },
  actions: {},
} as unknown as Plan
const names = namesFor(plan.definition, plan.resource)

describe('what is deployed for a RestDefinition', () => {
  const objects = renderDeployment({ plan, planText: '{}', planHash: 'h', names, controller: {}, mode: 'dedicated', quality: 'good' }, settings).map(({ object }) => object)
  const byKind = (kind: string): readonly JsonObject[] => objects.filter((object) => object.kind === kind)
  const nameOf = (object: JsonObject): string => (isObject(object.metadata) ? `${textOf(object.metadata['namespace'])}/${textOf(object.metadata['name'])}` : '')

  it('has the names of the reference', () => {
    expect(byKind('Deployment').map(nameOf)).toEqual(['gh-system/gh-repo-controller'])
    expect(byKind('ConfigMap').map(nameOf)).toEqual(['gh-system/gh-repo-controller-plan', 'gh-system/gh-repo-controller-configmap'])
    expect(names.access).toBe('repoes-github.ogen.krateo.io-v1alpha1')
    expect(JSON.stringify(byKind('Deployment'))).toContain('["-group=github.ogen.krateo.io","-version=v1alpha1","-resource=repoes"]')
    expect(JSON.stringify(byKind('Deployment'))).toContain('"name":"repoes-v1alpha1-controller"')
  })

  it('tells the controller its Plan by the ConfigMap that its environment comes from', () => {
    expect(byKind('ConfigMap')[1]?.data).toMatchObject({ REST_CONTROLLER_PLAN: 'gh-system/gh-repo-controller-plan', REST_CONTROLLER_KEY: 'gh-system/gh-repo-controller-key' })
  })

  it('runs as nobody, with nothing to write to', () => {
    expect(JSON.stringify(byKind('Deployment'))).toContain('"readOnlyRootFilesystem":true')
    expect(JSON.stringify(byKind('Deployment'))).toContain('"runAsNonRoot":true')
  })
})

describe('what the controller may do', () => {
  const rules = renderAccess(plan, names).flatMap(({ object }) => (object['rules'] as readonly JsonObject[] | undefined) ?? [])

  it('is no wildcard anywhere', () => expect(JSON.stringify(rules)).not.toContain('*'))
  it('reads no Secret but its key by default', () => {
    const secrets = rules.filter((rule) => JSON.stringify(rule['resources']).includes('secrets'))
    expect(secrets).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'], resourceNames: ['gh-repo-controller-key'] }])
  })
  it('reads exactly the Secrets that Configurations name, where they are', () => {
    const roles = renderSecretAccess(names, [{ namespace: 'b', name: 'y' }, { namespace: 'a', name: 'x' }, { namespace: 'b', name: 'x' }, { namespace: 'b', name: 'x' }]).filter(({ object }) => object['kind'] === 'Role')
    expect(roles.map(({ object }) => [(object['metadata'] as JsonObject)['namespace'], (object['rules'] as readonly JsonObject[])[0]?.['resourceNames']])).toEqual([['a', ['x']], ['b', ['x', 'y']]])
  })
})

describe('what else a definition may say about its controller', () => {
  const render = (controller: JsonObject, mode: 'dedicated' | 'shared' = 'dedicated', template = SETTINGS_TEMPLATE) =>
    renderDeployment({ plan, planText: '{}', planHash: 'h', names: mode === 'shared' ? sharedNames(names) : names, controller, mode, quality: 'good' }, { ...settings, settingsTemplate: template })
  const find = (objects: ReturnType<typeof render>, kind: string): JsonObject[] => objects.map(({ object }) => object).filter((object) => object['kind'] === kind)
  const pods = (objects: ReturnType<typeof render>): JsonObject => (find(objects, 'Deployment')[0] as { spec: { template: JsonObject } }).spec.template

  it('goes over the template, whichever that is', () => {
    const objects = render({ replicas: 3, workers: 7, resources: { limits: { memory: '1Gi' } }, nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }] })
    expect(find(objects, 'Deployment')[0]).toMatchObject({ spec: { replicas: 3, template: { spec: { nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }], containers: [{ resources: { limits: { memory: '1Gi' } } }] } } } })
    expect(find(objects, 'ConfigMap')[1]?.['data']).toMatchObject({ REST_CONTROLLER_WORKERS: '7' })
  })
  it('has a disruption budget with several replicas and none with one, where it would only be in the way', () => {
    expect(find(render({ replicas: 2 }), 'PodDisruptionBudget')).toMatchObject([{ spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'gh-repo-controller' } } } }])
    expect(find(render({}), 'PodDisruptionBudget')).toEqual([])
  })
  it('restarts when the environment changed, and for nothing else', () => {
    const other = SETTINGS_TEMPLATE.replace('data: {}', 'data: {REST_CONTROLLER_DEBUG: "true"}')
    expect(pods(render({}))).toEqual(pods(render({ replicas: 2 })))
    expect(pods(render({}))).not.toEqual(pods(render({}, 'dedicated', other)))
  })
  it('gives name look-ups threads of their own', () => expect(JSON.stringify(pods(render({})))).toContain('{"name":"UV_THREADPOOL_SIZE","value":"16"}'))
  it('shares one Deployment and one account per namespace, and nothing else', () => {
    const objects = render({ replicas: 5 }, 'shared')
    expect(find(objects, 'Deployment')[0]).toMatchObject({ metadata: { name: 'oasgen-shared-controller' }, spec: { replicas: 1, template: { spec: { serviceAccountName: 'oasgen-shared-controller', containers: [{ args: ['-plans-in=gh-system'] }] } } } })
    expect(find(objects, 'ConfigMap')[0]).toMatchObject({ metadata: { name: 'gh-repo-controller-plan', labels: { 'krateo.io/plan': 'shared' } } })
    const own = renderAccess(plan, sharedNames(names), { mode: 'shared' }).map(({ object }) => object)
    expect(own.filter((object) => object['kind'] === 'ClusterRoleBinding')).toMatchObject([{ metadata: { name: names.access }, subjects: [{ name: 'oasgen-shared-controller' }] }])
  })
})

describe('rights that are given only where they are needed', () => {
  const rulesOf = (extra: object, options: Parameters<typeof renderAccess>[2] = {}) =>
    renderAccess({ ...plan, ...extra }, names, options).flatMap(({ object }) => (object['rules'] as readonly JsonObject[] | undefined) ?? [])

  it('may guard what references name', () => {
    const references = [{ path: 'spec.teamRef', field: 'spec.team', group: 'github.ogen.krateo.io', version: 'v1alpha1', kind: 'Team', plural: 'teams', resolves: 'externalName' }]
    expect(rulesOf({ references })).toContainEqual({ apiGroups: ['github.ogen.krateo.io'], resources: ['teams'], verbs: ['get', 'list', 'watch', 'patch'] })
  })
  it('has Leases without names only where replicas divide the keys', () => {
    const unnamed = (options: Parameters<typeof renderAccess>[2]) => rulesOf({}, options).filter((rule) => JSON.stringify(rule['resources']) === '["leases"]' && rule['resourceNames'] === undefined).flatMap((rule) => rule['verbs'] as string[])
    expect(unnamed({})).toEqual(['create'])
    expect(unnamed({ leadership: 'shards' })).toEqual(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'])
  })
  it('reads all Secrets of a namespace only where fields name them and the namespace opted in', () => {
    expect(renderFieldSecretAccess(plan, names, ['team-a'])).toEqual([])
    const secretive = { ...plan, secrets: [{ field: 'spec.password', path: 'spec.passwordSecretRef', form: 'text' }] } as Plan
    expect(renderFieldSecretAccess(secretive, names, [])).toEqual([])
    expect(renderFieldSecretAccess(secretive, names, ['team-a']).map(({ object }) => object)).toMatchObject([{ kind: 'Role', metadata: { namespace: 'team-a' } }, { kind: 'RoleBinding', metadata: { namespace: 'team-a' } }])
  })
})

describe('checkTemplates', () => {
  it('takes the built-in ones', () => expect(checkTemplates(settings)).toEqual([]))
  it('says what is wrong with another, before anything is deployed', () => {
    expect(checkTemplates({ ...settings, deploymentTemplate: 'kind: Deployment\nname: {{ frob .name }}\n' })).toMatchObject([{ code: 'PRV0110', message: expect.stringContaining('line 2, column 7') }])
    expect(checkTemplates({ ...settings, settingsTemplate: '- a list' })).toMatchObject([{ code: 'PRV0110', message: expect.stringContaining('no object') }])
  })
})
