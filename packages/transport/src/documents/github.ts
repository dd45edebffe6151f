import type { Header } from '../auth/credentials.js'
import type { Download } from './get.js'
import { fetchHttp, httpUrl, notHttp } from './http.js'
import type { FetchDocumentOptions, FetchedDocument, GithubSource } from './source.js'

interface Endpoints {
  readonly apiUrl: string
  readonly rawUrl?: string
}

function endpointsOf(host: string): Endpoints {
  if (host === 'github.com') return { apiUrl: 'https://api.github.com', rawUrl: 'https://raw.githubusercontent.com' }
  // GitHub Enterprise Cloud with data residency has a host of its own for the API.
  return host.endsWith('.ghe.com') ? { apiUrl: `https://api.${host}` } : { apiUrl: `https://${host}/api/v3` }
}

/**
 * Without a token from the raw host, which has no small hourly limit; with one from the contents endpoint, which also
 * serves private repositories and, in its raw form, files up to 100 MB. Enterprise hosts have the contents endpoint only.
 */
export async function fetchGithub(download: Download, source: GithubSource, options: FetchDocumentOptions): Promise<FetchedDocument> {
  const { apiUrl, rawUrl } = options.github ?? endpointsOf(source.host)
  const token = options.credentials?.token?.trim() ?? options.credentials?.password?.trim()
  const path = source.path.split('/').filter((segment) => segment !== '').map(encodeURIComponent).join('/')
  const repository = `${encodeURIComponent(source.owner)}/${encodeURIComponent(source.repository)}`
  const raw = token === undefined && rawUrl !== undefined
  const text = raw
    ? `${trimmed(rawUrl)}/${repository}/${(source.ref ?? 'HEAD').split('/').map(encodeURIComponent).join('/')}/${path}`
    : `${trimmed(apiUrl)}/repos/${repository}/contents/${path}${source.ref === undefined ? '' : `?ref=${encodeURIComponent(source.ref)}`}`
  const url = httpUrl(text)
  if (url === undefined) return notHttp(text)
  const headers: Header[] = raw ? [] : [['accept', 'application/vnd.github.raw+json'], ['x-github-api-version', '2022-11-28']]
  const credentials: Header[] = token === undefined ? [] : [['authorization', `Bearer ${token}`]]
  return fetchHttp(download, { uri: source.uri, url, headers, credentials }, options)
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}
