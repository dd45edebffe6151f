import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conditionStatus, read, until } from '../integration/stack/stack.js'
import { applyExample, openExample, type ExampleLab } from './lab.js'

const AUTH = { authorization: 'Bearer stand-in-token', accept: 'application/vnd.github.v3.repository+json' }
const DESCRIPTION = 'A short description of the repository set by Krateo'
const TEAM = '/orgs/acme/teams/platform/repos/acme/hello'
const COLLABORATORS = '/repos/acme/hello/collaborators'

describe('GitHub, as its stand-in has it: renames, answers without body, invitations', () => {
  let lab: ExampleLab

  beforeAll(async () => {
    lab = await openExample({ name: 'github', published: 18070, group: 'github.ogen.krateo.io', plurals: { Repo: 'repoes', TeamRepo: 'teamrepoes' }, health: '/', headers: AUTH })
  })
  afterAll(() => lab?.close())

  const invitations = async (): Promise<readonly Record<string, unknown>[]> => (await lab.call('GET', '/repos/acme/hello/invitations')).list()

  it('brings what the example says; a collaborator is not ready before the invitation is accepted', async () => {
    lab.shown()
    await applyExample(lab)
    await lab.ready('Repo', 'hello')
    await lab.ready('TeamRepo', 'hello-platform')
    await until('bob is invited', async () => (await invitations()).length === 1)
    expect((await lab.call('GET', '/repos/acme/hello')).body).toMatchObject({ private: true, has_wiki: false, description: DESCRIPTION })
    expect((await lab.call('GET', TEAM)).body).toMatchObject({ role_name: 'write' })
    expect(await invitations()).toMatchObject([{ invitee: { login: 'bob' }, permissions: 'read' }])
    const collaborator = await read(lab.stack.kube, { group: 'github.ogen.krateo.io', version: 'v1alpha1', kind: 'Collaborator', plural: 'collaborators', namespaced: true }, 'hello-bob')
    expect(conditionStatus(collaborator, 'Ready')).toBe('False')
    expect(lab.asked('POST', '/orgs/acme/repos')).toBe(1)
  })

  it('changes an invitation, and goes on with the collaborator that it becomes', async () => {
    lab.shown()
    await lab.edit('Collaborator', 'hello-bob', { permission: 'push' })
    await until('the invitation is changed', async () => (await invitations())[0]?.['permissions'] === 'write')
    await lab.call('PATCH', `/user/repository_invitations/${String((await invitations())[0]?.['id'])}`)
    await lab.ready('Collaborator', 'hello-bob')
    await lab.edit('Collaborator', 'hello-bob', { permission: 'pull' })
    await until('the collaborator is changed', async () => (await lab.call('GET', `${COLLABORATORS}/bob/permission`)).at('role_name') === 'read')
    expect(await invitations()).toEqual([])
  })

  it('leaves alone what is as it should be', async () => {
    lab.shown()
    await lab.ready('Collaborator', 'hello-bob')
    await lab.expectSteady()
  })

  it('corrects what others change', async () => {
    lab.shown()
    await lab.call('PATCH', '/repos/acme/hello', { description: 'meddled', has_issues: false })
    await lab.call('PUT', TEAM, { permission: 'admin' })
    await until('the description is put back', async () => (await lab.call('GET', '/repos/acme/hello')).at('description') === DESCRIPTION)
    await until('the permission is put back', async () => (await lab.call('GET', TEAM)).at('role_name') === 'write')
    // What nobody said stays with whoever changed it.
    expect((await lab.call('GET', '/repos/acme/hello')).at('has_issues')).toBe(false)
  })

  it('makes no second repository, and believes no refusal, when it is killed before it knew the answer', async () => {
    lab.shown()
    lab.proxy.swallow(({ method }) => method === 'POST', () => lab.stack.killController('repo-controller'))
    const { spec, ...repo } = lab.manifest('Repo')
    await lab.stack.apply({ ...repo, metadata: { name: 'killed', namespace: 'default' }, spec: { ...(spec as object), name: 'killed' } })
    await lab.ready('Repo', 'killed')
    expect(lab.asked('POST', '/orgs/acme/repos')).toBe(2)
  })

  it('renames', async () => {
    lab.shown()
    const { body } = await lab.call('GET', '/repos/acme/killed')
    await lab.edit('Repo', 'killed', { name: 'renamed' })
    await until('it has its new name', async () => (await lab.call('GET', '/repos/acme/renamed')).status === 200)
    expect((await lab.call('GET', '/repos/acme/renamed')).body).toMatchObject({ id: (body as unknown as { readonly id: number }).id })
    await lab.ready('Repo', 'killed')
  })

  it('deletes', async () => {
    lab.shown()
    await Promise.all([lab.remove('Repo', 'hello'), lab.remove('Repo', 'killed'), lab.remove('TeamRepo', 'hello-platform'), lab.remove('Collaborator', 'hello-bob')])
    for (const path of ['/repos/acme/hello', '/repos/acme/renamed']) expect((await lab.call('GET', path)).status).toBe(404)
  })
})
