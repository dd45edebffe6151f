// A stand-in for the part of GitHub's REST API that this example uses, with the manners that matter to a controller: tokens, ETags,
// Link headers, answers without body, invitations that wait for somebody. In memory; `node server.mjs PORT`.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.argv[2] ?? 18070)
const TOKEN = process.env.GITHUB_STAND_IN_TOKEN ?? 'stand-in-token'
const ORGANISATIONS = new Set(['acme'])
const TEAMS = new Set(['acme/platform', 'acme/readers'])
const USERS = new Map([['octocat', 1], ['bob', 2], ['carol', 3]])
const repos = new Map()
const teamRepos = new Map()
const collaborators = new Map()
const invitations = new Map()
let lastId = 1000

const ROLES = { pull: 'read', push: 'write', triage: 'triage', maintain: 'maintain', admin: 'admin' }
const WRITABLE = [
  'description', 'homepage', 'private', 'has_issues', 'has_projects', 'has_wiki', 'is_template', 'archived', 'default_branch',
  'delete_branch_on_merge', 'allow_squash_merge', 'allow_merge_commit', 'allow_rebase_merge', 'allow_auto_merge',
]

function repoOf(org, body) {
  const defaults = {
    description: null, homepage: null, private: false, has_issues: true, has_projects: true, has_wiki: true, is_template: false, archived: false,
    default_branch: 'main', delete_branch_on_merge: false, allow_squash_merge: true, allow_merge_commit: true, allow_rebase_merge: true, allow_auto_merge: false,
  }
  const given = Object.fromEntries(WRITABLE.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])))
  return named({ id: ++lastId, ...defaults, ...given, owner: { login: org, type: 'Organization' }, forks_count: 0, created_at: new Date().toISOString() }, body.name)
}

function named(repo, name) {
  const full = `${repo.owner.login}/${name}`
  return { ...repo, name, full_name: full, html_url: `https://github.com/${full}`, url: `http://127.0.0.1:${port}/repos/${full}` }
}

const ok = (body, headers = {}) => ({ status: 200, body, headers })
const created = (body) => ({ status: 201, body })
const done = () => ({ status: 204 })
const notFound = () => ({ status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } })
const invalid = (message, field) => ({ status: 422, body: { message: 'Validation Failed', errors: [{ resource: 'Repository', code: 'custom', field, message }] } })

const ROUTES = [
  ['POST', /^\/orgs\/([^/]+)\/repos$/, ([org], { body }) => {
    if (!ORGANISATIONS.has(org)) return notFound()
    if (typeof body.name !== 'string' || body.name === '') return invalid('name is missing', 'name')
    if (repos.has(`${org}/${body.name}`)) return invalid('name already exists on this account', 'name')
    const repo = repoOf(org, body)
    repos.set(repo.full_name, repo)
    return created(repo)
  }],
  ['GET', /^\/repos\/([^/]+)\/([^/]+)$/, ([owner, name]) => withRepo(owner, name, (repo) => ok(repo))],
  ['PATCH', /^\/repos\/([^/]+)\/([^/]+)$/, ([owner, name], { body }) => withRepo(owner, name, (repo) => {
    const changes = Object.fromEntries(WRITABLE.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])))
    const changed = named({ ...repo, ...changes }, body.name ?? name)
    repos.delete(repo.full_name)
    repos.set(changed.full_name, changed)
    return ok(changed)
  })],
  ['DELETE', /^\/repos\/([^/]+)\/([^/]+)$/, ([owner, name]) => withRepo(owner, name, (repo) => {
    repos.delete(repo.full_name)
    for (const held of [teamRepos, collaborators, invitations]) for (const key of held.keys()) if (key.startsWith(`${repo.full_name}/`)) held.delete(key)
    return done()
  })],

  // Without its media type the answer is 204: "yes", and nothing else.
  ['GET', /^\/orgs\/([^/]+)\/teams\/([^/]+)\/repos\/([^/]+)\/([^/]+)$/, ([org, team, owner, name], { headers }) => withRepo(owner, name, (repo) => {
    const permission = teamRepos.get(`${repo.full_name}/${org}/${team}`)
    if (permission === undefined) return notFound()
    return String(headers.accept).includes('vnd.github.v3.repository') ? ok({ ...repo, role_name: ROLES[permission] ?? permission }) : done()
  })],
  ['PUT', /^\/orgs\/([^/]+)\/teams\/([^/]+)\/repos\/([^/]+)\/([^/]+)$/, ([org, team, owner, name], { body }) => withRepo(owner, name, (repo) => {
    if (!TEAMS.has(`${org}/${team}`)) return notFound()
    teamRepos.set(`${repo.full_name}/${org}/${team}`, body.permission ?? 'push')
    return done()
  })],
  ['DELETE', /^\/orgs\/([^/]+)\/teams\/([^/]+)\/repos\/([^/]+)\/([^/]+)$/, ([org, team, owner, name]) => {
    teamRepos.delete(`${owner}/${name}/${org}/${team}`)
    return done()
  }],

  // 200 for everybody that GitHub knows: whoever is no collaborator has the permission `none`.
  ['GET', /^\/repos\/([^/]+)\/([^/]+)\/collaborators\/([^/]+)\/permission$/, ([owner, name, user]) => withRepo(owner, name, (repo) => {
    if (!USERS.has(user)) return notFound()
    const permission = collaborators.get(`${repo.full_name}/${user}`)
    const account = { login: user, id: USERS.get(user), html_url: `https://github.com/${user}` }
    return ok({ permission: permission === undefined ? 'none' : coarse(permission), role_name: permission === undefined ? '' : ROLES[permission], user: account })
  })],
  ['PUT', /^\/repos\/([^/]+)\/([^/]+)\/collaborators\/([^/]+)$/, ([owner, name, user], { body }) => withRepo(owner, name, (repo) => {
    if (!USERS.has(user)) return notFound()
    const key = `${repo.full_name}/${user}`
    const permission = body.permission ?? 'push'
    if (collaborators.has(key)) {
      collaborators.set(key, permission)
      return done()
    }
    const invitation = invitations.get(key) ?? { id: ++lastId, invitee: { login: user, id: USERS.get(user) }, created_at: new Date().toISOString() }
    invitations.set(key, { ...invitation, permissions: ROLES[permission] })
    return created(invitations.get(key))
  })],
  ['DELETE', /^\/repos\/([^/]+)\/([^/]+)\/collaborators\/([^/]+)$/, ([owner, name, user]) => {
    collaborators.delete(`${owner}/${name}/${user}`)
    return done()
  }],
  ['GET', /^\/repos\/([^/]+)\/([^/]+)\/invitations$/, ([owner, name], request) => withRepo(owner, name, (repo) => {
    return paged([...invitations].filter(([key]) => key.startsWith(`${repo.full_name}/`)).map(([, invitation]) => invitation), request)
  })],
  ['PATCH', /^\/repos\/([^/]+)\/([^/]+)\/invitations\/(\d+)$/, ([, , id], { body }) => withInvitation(id, ([key, invitation]) => {
    invitations.set(key, { ...invitation, permissions: body.permissions })
    return ok(invitations.get(key))
  })],
  ['DELETE', /^\/repos\/([^/]+)\/([^/]+)\/invitations\/(\d+)$/, ([, , id]) => withInvitation(id, ([key]) => {
    invitations.delete(key)
    return done()
  })],
  // What the invited user does.
  ['PATCH', /^\/user\/repository_invitations\/(\d+)$/, ([id]) => withInvitation(id, ([key, { permissions }]) => {
    invitations.delete(key)
    collaborators.set(key, Object.keys(ROLES).find((word) => ROLES[word] === permissions) ?? permissions)
    return done()
  })],
]

function withRepo(owner, name, then) {
  const repo = repos.get(`${owner}/${name}`)
  return repo === undefined ? notFound() : then(repo)
}

function withInvitation(id, then) {
  const found = [...invitations].find(([, invitation]) => invitation.id === Number(id))
  return found === undefined ? notFound() : then(found)
}

/** The old field knows three words only. */
function coarse(permission) {
  return { admin: 'admin', maintain: 'write', push: 'write', triage: 'read', pull: 'read' }[permission]
}

function paged(all, { url }) {
  const size = Number(url.searchParams.get('per_page') ?? 30)
  const page = Number(url.searchParams.get('page') ?? 1)
  const next = new URL(url)
  next.searchParams.set('page', String(page + 1))
  return ok(all.slice((page - 1) * size, page * size), page * size < all.length ? { link: `<${next.href}>; rel="next"` } : {})
}

function answer(request) {
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } }
  for (const [method, path, handle] of ROUTES) {
    const match = path.exec(request.url.pathname)
    if (method === request.method && match !== null) return handle(match.slice(1).map(decodeURIComponent), request)
  }
  return notFound()
}

async function readBody(incoming) {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? {} : JSON.parse(text)
}

async function serve(incoming, outgoing) {
  const request = { method: incoming.method, url: new URL(incoming.url, `http://${incoming.headers.host}`), headers: incoming.headers, body: await readBody(incoming) }
  const { status, body, headers = {} } = request.url.pathname === '/' ? ok({}) : answer(request)
  const text = body === undefined ? '' : JSON.stringify(body)
  const etag = status === 200 && request.method === 'GET' ? { etag: `W/"${createHash('sha256').update(text).digest('hex')}"` } : {}
  const isKnown = etag.etag !== undefined && incoming.headers['if-none-match'] === etag.etag
  outgoing.writeHead(isKnown ? 304 : status, { 'content-type': 'application/json; charset=utf-8', 'x-github-request-id': String(++lastId), ...etag, ...headers })
  outgoing.end(isKnown ? undefined : text)
}

const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
server.listen(port, '127.0.0.1', () => void process.stdout.write(`GitHub's stand-in on http://127.0.0.1:${port}\n`))
