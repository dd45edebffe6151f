import { execFile } from 'node:child_process'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { until } from './lab.js'
import type { Ground } from './suite.js'

/** The repositories of a GitHub that is only here: what the walk-through asks of `/orgs/{org}/repos` and `/repos/{owner}/{repo}`. */
interface Github {
  readonly url: string
  readonly repos: Map<string, Record<string, unknown>>
  readonly ledger: string[]
  close(): Promise<void>
}

const GITHUB_TOKEN = 'ghp_walkthrough'

async function startGithub(): Promise<Github> {
  const repos = new Map<string, Record<string, unknown>>()
  const ledger: string[] = []
  const answer = (method: string, path: string, body: Record<string, unknown>): readonly [number, unknown?] => {
    const [, orgs, org = '', last = ''] = path.split('/')
    if (orgs === 'orgs' && method === 'POST' && last === 'repos') {
      const key = `${org}/${String(body['name'])}`
      if (repos.has(key)) return [422, { message: 'Repository creation failed.', errors: [{ message: 'name already exists on this account' }] }]
      repos.set(key, { ...body, id: 1000 + repos.size, full_name: key, html_url: `https://github.com/${key}`, owner: { login: org } })
      return [201, repos.get(key)]
    }
    const repo = repos.get(`${org}/${last}`)
    if (repo === undefined) return [404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' }]
    if (method === 'PATCH') Object.assign(repo, body)
    if (method === 'DELETE') repos.delete(`${org}/${last}`)
    return method === 'DELETE' ? [204] : [200, repo]
  }
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      ledger.push(`${request.method} ${request.url}`)
      const isKnown = request.headers.authorization === `Bearer ${GITHUB_TOKEN}`
      const [status, body] = isKnown ? answer(request.method ?? '', request.url ?? '', JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>) : [401, { message: 'Bad credentials' }]
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body === undefined ? '' : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, repos, ledger,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

const document = (url: string): string => `openapi: 3.0.3
info: {title: GitHub v3 REST API, version: 1.1.4}
servers: [{url: "${url}"}]
security: [{bearerAuth: []}]
paths:
  /orgs/{org}/repos:
    post:
      operationId: repos/create-in-org
      parameters: [{name: org, in: path, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, description: The name of the repository.}
                description: {type: string}
                homepage: {type: string}
                private: {type: boolean, default: false}
                visibility: {type: string, enum: [public, private]}
                has_issues: {type: boolean, default: true}
      responses: {"201": {description: Response, content: {application/json: {schema: {$ref: "#/components/schemas/full-repository"}}}}}
  /repos/{owner}/{repo}:
    parameters:
    - {name: owner, in: path, required: true, schema: {type: string}}
    - {name: repo, in: path, required: true, schema: {type: string}}
    get:
      operationId: repos/get
      responses: {"200": {description: Response, content: {application/json: {schema: {$ref: "#/components/schemas/full-repository"}}}}}
    patch:
      operationId: repos/update
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {type: string, description: The name of the repository.}
                description: {type: string}
                homepage: {type: string}
                private: {type: boolean}
                visibility: {type: string, enum: [public, private]}
                has_issues: {type: boolean}
      responses: {"200": {description: Response, content: {application/json: {schema: {$ref: "#/components/schemas/full-repository"}}}}}
    delete:
      operationId: repos/delete
      responses: {"204": {description: Response}}
components:
  securitySchemes: {bearerAuth: {type: http, scheme: bearer}}
  schemas:
    full-repository:
      type: object
      properties:
        id: {type: integer, format: int64}
        name: {type: string}
        full_name: {type: string}
        html_url: {type: string}
        description: {type: string, nullable: true}
        homepage: {type: string, nullable: true}
        private: {type: boolean}
        visibility: {type: string}
        has_issues: {type: boolean}
`

const RESTDEFINITION = `kind: RestDefinition
apiVersion: ogen.krateo.io/v1alpha1
metadata:
  name: gh-repo
  namespace: gh-system
spec:
  oasPath: configmap://gh-system/repo/repo.yaml
  resourceGroup: github.ogen.krateo.io
  resource:
    kind: Repo
    additionalStatusFields:
    - id
    - name
    - html_url
    excludedSpecFields: [owner, repo]
    verbsDescription:
    - action: create
      method: POST
      path: /orgs/{org}/repos
    - action: delete
      method: DELETE
      path: /repos/{owner}/{repo}
      requestFieldMapping: &names
      - {inPath: owner, inCustomResource: spec.org}
      - {inPath: repo, inCustomResource: spec.name}
    - action: get
      method: GET
      path: /repos/{owner}/{repo}
      requestFieldMapping: *names
    - action: update
      method: PATCH
      path: /repos/{owner}/{repo}
      requestFieldMapping: *names
`

const CONFIGURATION = `kind: RepoConfiguration
apiVersion: github.ogen.krateo.io/v1alpha1
metadata:
  name: repo-config
  namespace: gh-system
spec:
  authentication:
    bearer:
      tokenRef: {name: gh-token, namespace: gh-system, key: token}
`

const REPO = `kind: Repo
apiVersion: github.ogen.krateo.io/v1alpha1
metadata:
  name: gh-repo-1
  namespace: gh-system
  annotations:
    krateo.io/connector-verbose: "true"
spec:
  configurationRef: {name: repo-config}
  org: krateoplatformops-test
  name: test-generatore
  description: A short description of the repository set by Krateo
  visibility: public
  has_issues: true
`

/** What the README of the reference teaches, with kubectl, in its order. */
export function walkThroughSuite(ground: Ground): void {
  describe('the walk-through of the README', () => {
    let github: Github
    let folder: string
    beforeAll(async () => {
      github = await startGithub()
      folder = mkdtempSync(join(tmpdir(), 'oasgen-walk-'))
    })
    afterAll(async () => {
      await github?.close()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    })

    const kubectl = async (...args: readonly string[]): Promise<string> => {
      const { stdout } = await promisify(execFile)('kubectl', ['--kubeconfig', ground.lab.kubeconfig, '--cache-dir', join(folder, 'cache'), ...args], { timeout: 120_000 })
      return stdout
    }
    const apply = async (name: string, text: string): Promise<string> => {
      writeFileSync(join(folder, name), text)
      return kubectl('apply', '-f', join(folder, name))
    }

    it('makes the kind, drives a repository through its life, and takes everything down', async () => {
      onTestFailed(() => void process.stderr.write(`${ground.lab.output()}\n`))
      await apply('namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: gh-system}\n')
      writeFileSync(join(folder, 'repo.yaml'), document(github.url))
      await kubectl('create', 'configmap', 'repo', `--from-file=${join(folder, 'repo.yaml')}`, '-n', 'gh-system')
      await apply('restdefinition.yaml', RESTDEFINITION)
      expect(await kubectl('wait', 'restdefinition', 'gh-repo', '--for', 'condition=Ready=True', '--namespace', 'gh-system', '--timeout=60s')).toContain('condition met')

      expect(await kubectl('get', 'crds')).toMatch(/repoconfigurations\.github\.ogen\.krateo\.io[^]*repoes\.github\.ogen\.krateo\.io/)
      expect(await kubectl('explain', 'repo.spec')).toMatch(/name\t<string> -required-/)
      expect(await kubectl('get', 'restdefinitions', '-n', 'gh-system', '-o', 'wide')).toMatch(/gh-repo +True +\S+ +github\.ogen\.krateo\.io\/v1alpha1 +Repo +configmap:\/\/gh-system\/repo\/repo\.yaml/)
      expect(await kubectl('get', 'deployment', 'gh-repo-controller', '-n', 'gh-system', '-o', 'jsonpath={.spec.template.spec.containers[0].args}')).toBe('["-group=github.ogen.krateo.io","-version=v1alpha1","-resource=repoes"]')

      await kubectl('create', 'secret', 'generic', 'gh-token', `--from-literal=token=${GITHUB_TOKEN}`, '-n', 'gh-system')
      await apply('configuration.yaml', CONFIGURATION)
      await apply('repo-1.yaml', REPO)
      expect(await kubectl('wait', 'repo.github.ogen.krateo.io/gh-repo-1', '--for=condition=Ready', '-n', 'gh-system', '--timeout=60s')).toContain('condition met')
      expect(github.repos.get('krateoplatformops-test/test-generatore')).toMatchObject({ description: 'A short description of the repository set by Krateo', visibility: 'public' })
      expect(await kubectl('get', 'repo.github.ogen.krateo.io/gh-repo-1', '-n', 'gh-system', '-o', 'jsonpath={.status.html_url}')).toBe('https://github.com/krateoplatformops-test/test-generatore')
      expect(await kubectl('get', 'rr', '-A')).toContain('gh-repo-1')

      await apply('repo-1.yaml', REPO.replace('A short description of the repository set by Krateo', 'Another description'))
      await until('the edit is there', () => github.repos.get('krateoplatformops-test/test-generatore')?.['description'] === 'Another description')
      expect(github.ledger.filter((line) => line.startsWith('PATCH'))).toEqual(['PATCH /repos/krateoplatformops-test/test-generatore'])

      await kubectl('delete', 'repo.github.ogen.krateo.io', 'gh-repo-1', '-n', 'gh-system', '--timeout=60s')
      expect(github.repos.size).toBe(0)
      await kubectl('delete', 'restdefinition', 'gh-repo', '-n', 'gh-system', '--timeout=60s')
      expect(await kubectl('get', 'crds')).not.toContain('github.ogen.krateo.io')
      expect(await kubectl('get', 'deployments,configmaps,serviceaccounts,roles', '-n', 'gh-system', '-l', 'krateo.io/restdefinition-object=true', '--ignore-not-found')).toBe('')
    })
  })
}
