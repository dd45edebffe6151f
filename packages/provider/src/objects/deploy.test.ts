import { CORE_SCHEMA, load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { fromPlain, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { checkTemplates, renderDeployment, type DeploymentSettings } from './deploy.js'
import { namesFor } from './names.js'
import { renderAccess, renderSecretAccess } from './rbac.js'
import { DEPLOYMENT_TEMPLATE, SETTINGS_TEMPLATE } from './templates.js'

const settings: DeploymentSettings = {
  image: 'registry.example/controller:1', deploymentTemplate: DEPLOYMENT_TEMPLATE, settingsTemplate: SETTINGS_TEMPLATE,
  readYaml: (text): JsonValue => fromPlain(load(text, { schema: CORE_SCHEMA })) ?? null,
}
const plan = {
  definition: { namespace: 'gh-system', name: 'gh-repo' },
  resource: { group: 'github.ogen.krateo.io', version: 'v1alpha1', kind: 'Repo', plural: 'repoes' },
  configuration: { kind: 'RepoConfiguration', plural: 'repoconfigurations', required: true },
} as unknown as Plan
const names = namesFor(plan.definition, plan.resource)

describe('what is deployed for a RestDefinition', () => {
  const objects = renderDeployment({ plan, planText: '{}', planHash: 'h', names, controller: {} }, settings).map(({ object }) => object)
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

describe('checkTemplates', () => {
  it('takes the built-in ones', () => expect(checkTemplates(settings)).toEqual([]))
  it('says what is wrong with another, before anything is deployed', () => {
    expect(checkTemplates({ ...settings, deploymentTemplate: 'kind: Deployment\nname: {{ frob .name }}\n' })).toMatchObject([{ code: 'PRV0110', message: expect.stringContaining('line 2, column 7') }])
    expect(checkTemplates({ ...settings, settingsTemplate: '- a list' })).toMatchObject([{ code: 'PRV0110', message: expect.stringContaining('no object') }])
  })
})
