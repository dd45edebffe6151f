import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane } from '@oasgen/apiserver'
import { connectKube, CONFIG_MAPS } from '@oasgen/kube'
import { readSourceUri } from '@oasgen/openapi'
import { createTransport } from '@oasgen/transport'
import { refusal } from './errors.mjs'

/** The address is read, then the bytes are fetched from where it says. */
export async function answer({ input, want }) {
  if (input.server !== undefined) return withServer(input.server, (host) => fetched(input.oasPath.replace('HOST', host), input, want))
  if (input.exists !== undefined) return withFolder((folder) => fetched(join(folder, input.exists ? 'openapi.yaml' : 'missing.yaml'), input, want))
  return fetched(input.oasPath, input, want)
}

async function fetched(uri, input, want) {
  const { value: source, findings } = readSourceUri(uri)
  if (source === undefined) return refusal(want, findings[0].message, {})
  if (source.kind === 'configMap' || source.kind === 'secret') return fromCluster(source, input, want)
  const transport = createTransport({ privateAddresses: 'allow', defaults: { connectTimeoutMs: 2000 } })
  const { auth: { basic, bearer } = {} } = input
  const credentials = basic ?? (bearer === undefined ? undefined : { token: bearer })
  const loaded = await transport.fetchDocument(source, { files: 'allow', ...(credentials && { credentials }) })
  await transport.close()
  return loaded.type === 'document' ? { content: Buffer.from(loaded.bytes).toString('utf8') } : refusal(want, loaded.finding.message, input)
}

/** What the provider reads: it watches the one object that the address names. */
async function fromCluster(source, { configMaps = [] }, want) {
  const { createClusterSources } = await import('../../packages/provider/dist/source.js')
  const plane = await startControlPlane({ inMemory: true })
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  for (const { namespace, name, data } of configMaps) await kube.create(CONFIG_MAPS, { metadata: { namespace, name }, data })
  const sources = createClusterSources(kube, () => undefined)
  const loaded = await sources.load(source, source.uri)
  await sources.stop()
  await kube.close()
  await plane.close()
  return loaded.state === 'found' ? { content: Buffer.from(loaded.text.bytes).toString('utf8') } : refusal(want, loaded.finding.message, {})
}

/** `requires`: `basic <user>:<password>` or the value of the header. */
function withServer({ status = 200, body = 'served', requires }, run) {
  const wanted = requires?.startsWith('basic ') ? `Basic ${Buffer.from(requires.slice(6)).toString('base64')}` : requires
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const isLetIn = wanted === undefined || request.headers.authorization === wanted
      response.writeHead(isLetIn ? status : 401).end(isLetIn ? body : '')
    })
    server.listen(0, '127.0.0.1', () => {
      run(`127.0.0.1:${server.address().port}`).then(resolve, reject).finally(() => server.close())
    })
  })
}

async function withFolder(run) {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-cases-'))
  writeFileSync(join(folder, 'openapi.yaml'), 'file content')
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
