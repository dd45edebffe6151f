import { describe, expect, it } from 'vitest'
import { connectKube, type AccessAttributes, type Kube } from '@oasgen/kube'
import { accountToken } from '@oasgen/testkit'
import { must, ready, until } from './lab.js'
import { noteObjects, noteWith } from './notes-api.js'
import type { Ground } from './suite.js'

const GROUP = 'right.example'
const ACCOUNT = `rights-${GROUP}-v1alpha1`

/** What the controller of one kind may do: its work, and nothing else. */
const ALLOWED: readonly AccessAttributes[] = [
  ...['get', 'list', 'watch', 'update', 'patch'].map((verb) => ({ verb, group: GROUP, resource: 'rights' })),
  ...['get', 'update', 'patch'].map((verb) => ({ verb, group: GROUP, resource: 'rights', subresource: 'status' })),
  ...['get', 'list', 'watch', 'patch'].map((verb) => ({ verb, group: GROUP, resource: 'rightconfigurations', namespace: 'default' })),
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'configmaps', namespace: 'default', name: 'right-controller-plan' })),
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets', namespace: 'default', name: 'right-controller-key' })),
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets', namespace: 'default', name: 'notes' })),
  { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace: 'default' },
  ...['get', 'update', 'patch'].map((verb) => ({ verb, group: 'coordination.k8s.io', resource: 'leases', namespace: 'default', name: `rights.${GROUP}` })),
  { verb: 'create', group: 'events.k8s.io', resource: 'events', namespace: 'default' },
]

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const
const KINDS: readonly (readonly [group: string, resource: string])[] = [
  ['', 'secrets'], ['', 'configmaps'], ['', 'pods'], ['', 'pods/exec'], ['', 'services'], ['', 'namespaces'], ['', 'nodes'], ['', 'serviceaccounts'], ['', 'serviceaccounts/token'],
  ['apps', 'deployments'], ['apiextensions.k8s.io', 'customresourcedefinitions'], ['ogen.krateo.io', 'restdefinitions'], ['ogen.krateo.io', 'restdefinitions/status'],
  ['rbac.authorization.k8s.io', 'roles'], ['rbac.authorization.k8s.io', 'clusterroles'], ['rbac.authorization.k8s.io', 'rolebindings'], ['rbac.authorization.k8s.io', 'clusterrolebindings'],
  ['jot.example', 'jots'], ['*', '*'],
]

/** Near misses: the same kinds in the wrong place, by the wrong name, with one verb too many. */
const REFUSED: readonly AccessAttributes[] = [
  ...KINDS.flatMap(([group, resource]) => VERBS.map((verb) => ({ verb, group, resource: resource.split('/')[0] ?? '', ...(resource.includes('/') && { subresource: resource.split('/')[1] ?? '' }), namespace: 'default' }))),
  ...['create', 'delete', 'deletecollection'].map((verb) => ({ verb, group: GROUP, resource: 'rights', namespace: 'default' })),
  ...['create', 'delete'].map((verb) => ({ verb, group: GROUP, resource: 'rightconfigurations', namespace: 'default' })),
  { verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 'jot-controller-key' },
  { verb: 'patch', group: '', resource: 'secrets', namespace: 'default', name: 'notes' },
  { verb: 'get', group: '', resource: 'secrets', namespace: 'oasgen-system', name: 'notes' },
  { verb: 'patch', group: '', resource: 'configmaps', namespace: 'default', name: 'right-controller-plan' },
  { verb: 'get', group: 'coordination.k8s.io', resource: 'leases', namespace: 'default', name: 'jots.jot.example' },
  { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-system' },
  { verb: 'impersonate', group: '', resource: 'users' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
]

export function accessSuite(ground: Ground): void {
  describe('the token of a controller', () => {
    it('can do its work, and is told no for everything else', async () => {
      const { lab, api } = ground
      const { document, definition } = noteObjects('right', api.url)
      await lab.apply(document, definition)
      await ready(lab, 'right')
      await lab.apply(...noteWith('right', { name: 'may', spec: { title: 'may' } }))
      const controller = connectKube({ server: lab.server.url, ca: lab.server.ca, token: await accountToken(lab.kube, 'default', ACCOUNT) })
      try {
        const secret: AccessAttributes = { verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 'notes' }
        await until('the Secret of the Configuration may be read', async () => (await must(controller.accessReview(secret))).allowed)
        expect(await answered(controller, ALLOWED, false)).toEqual([])
        expect(await answered(controller, REFUSED, true)).toEqual([])
      } finally {
        await controller.close()
      }
    })
  })
}

/** Those that were answered so. */
async function answered(kube: Kube, questions: readonly AccessAttributes[], allowed: boolean): Promise<readonly string[]> {
  const answers = await Promise.all(questions.map(async (question) => ({ question, answer: await must(kube.accessReview(question)) })))
  return answers.filter(({ answer }) => answer.allowed === allowed).map(({ question }) => JSON.stringify(question))
}
