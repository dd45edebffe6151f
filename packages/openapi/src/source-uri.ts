import { finding, nearest, type Checked, type Place } from '@oasgen/diagnostics'
import { shorten } from './name-value.js'
import { decodePercent, joinUri, splitUri, type UriParts } from './uri.js'

/** Where a document is, as `oasPath` and overlay paths write it. */
export type DocumentSource =
  | { readonly kind: 'configMap'; readonly uri: string; readonly namespace: string; readonly name: string; readonly key: string }
  | { readonly kind: 'secret'; readonly uri: string; readonly namespace: string; readonly name: string; readonly key: string }
  | { readonly kind: 'http'; readonly uri: string; readonly url: string }
  | OciSource
  | GithubSource
  /** In the command line program only. `path` as the file system takes it. */
  | { readonly kind: 'file'; readonly uri: string; readonly path: string }

export interface OciSource {
  readonly kind: 'oci'
  readonly uri: string
  /** Host and port. */
  readonly registry: string
  readonly repository: string
  /** Default `latest` when there is no digest either. */
  readonly tag?: string
  /** `sha256:…`; wins over the tag. */
  readonly digest?: string
  /** The file in the artifact, when it holds several. */
  readonly file?: string
}

export interface GithubSource {
  readonly kind: 'github'
  readonly uri: string
  /** `github.com`, or the host of a GitHub Enterprise server. */
  readonly host: string
  readonly owner: string
  readonly repository: string
  readonly path: string
  /** Branch, tag or commit; the default branch when absent. */
  readonly ref?: string
}

type SourceKind = DocumentSource['kind']

const FORMS: Readonly<Record<SourceKind, string>> = {
  configMap: 'configmap://namespace/name/key',
  secret: 'secret://namespace/name/key',
  http: 'https://host/path',
  oci: 'oci://registry/repository:tag, with @sha256:… and #file where needed',
  github: 'github://owner/repository/path@ref',
  file: 'file:///absolute/path, or a plain path',
}

const KINDS: Readonly<Record<string, SourceKind>> = {
  configmap: 'configMap', secret: 'secret', http: 'http', https: 'http', oci: 'oci', github: 'github', file: 'file',
}

/** Reads the address of a document. `uri` of the result is its one spelling, which findings and relative references use. */
export function readSourceUri(text: string, where?: Place): Checked<DocumentSource> {
  const extras = where === undefined ? {} : { where }
  const written = text.trim()
  if (written === '') return { value: undefined, findings: [finding('OAS0101', {}, extras)] }
  const scheme = /^([A-Za-z][A-Za-z\d+.-]*):\/\//.exec(written)?.[1]?.toLowerCase()
  if (scheme === undefined) return schemeless(written, extras)
  const kind = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined
  if (kind === undefined) return unknownKind(written, guessScheme(scheme), extras)
  const read = READERS[kind](written)
  if (typeof read !== 'string') return { value: read, findings: [] }
  if (read === PASSWORD) return { value: undefined, findings: [finding('OAS0104', {}, extras)] }
  const shown = shorten(written, 120)
  return { value: undefined, findings: [finding('OAS0103', { kind: scheme, source: shown, problem: read, form: FORMS[kind] }, extras)] }
}

function unknownKind(text: string, guess: string, extras: { readonly where?: Place }): Checked<DocumentSource> {
  return { value: undefined, findings: [finding('OAS0102', { source: shorten(text, 100), guess }, extras)] }
}

/** A path of the file system, unless it looks like a host or a slip in the scheme. */
function schemeless(text: string, extras: { readonly where?: Place }): Checked<DocumentSource> {
  const slip = /^([A-Za-z]+):\/?(?!\/|\\)/.exec(text)?.[1]?.toLowerCase()
  if (slip !== undefined && slip.length > 1 && Object.hasOwn(KINDS, slip)) {
    return unknownKind(text, `; did you mean \`${slip}://…\`?`, extras)
  }
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}(?::\d+)?\/\S+/i.test(text) && !/^[^/]*\.(?:ya?ml|json)\//i.test(text)) {
    return unknownKind(text, `; did you mean \`https://${shorten(text, 80)}\`?`, extras)
  }
  return { value: { kind: 'file', uri: fileUri(text.replaceAll('\\', '/')), path: text }, findings: [] }
}

function guessScheme(scheme: string): string {
  const near = nearest(scheme, Object.keys(KINDS))
  return near === undefined ? '' : `; did you mean \`${near}://\`?`
}

const PASSWORD = 'password'

/** Each gives the source, or the problem in words. */
const READERS: Readonly<Record<SourceKind, (text: string) => DocumentSource | string>> = {
  configMap: (text) => readObject('configMap', text),
  secret: (text) => readObject('secret', text),
  http: readHttp,
  oci: readOci,
  github: readGithub,
  file: readFile,
}

const LABEL = /^[a-z\d]([-a-z\d]*[a-z\d])?$/
const NAME = /^[a-z\d]([-a-z\d.]*[a-z\d])?$/
const KEY = /^[-._a-zA-Z\d]+$/

function readObject(kind: 'configMap' | 'secret', text: string): DocumentSource | string {
  const parts = text.slice(text.indexOf('://') + 3).split('/')
  if (parts.length < 3) return `it has ${parts.length} of 3 parts`
  const [namespace = '', name = '', ...rest] = parts
  const key = rest.join('/')
  if (namespace === '' || name === '' || key === '') return 'one of namespace, name and key is empty'
  if (!LABEL.test(namespace) || namespace.length > 63) return `\`${shorten(namespace, 40)}\` cannot be the name of a namespace`
  if (!NAME.test(name) || name.length > 253) return `\`${shorten(name, 40)}\` cannot be the name of an object`
  if (key.includes('/')) return `the key \`${shorten(key, 40)}\` holds a slash, and keys cannot`
  if (!KEY.test(key) || key.length > 253) return `\`${shorten(key, 40)}\` cannot be a key: keys have letters, digits, -, _ and .`
  return { kind, uri: `${kind === 'configMap' ? 'configmap' : 'secret'}://${namespace}/${name}/${key}`, namespace, name, key }
}

function readHttp(text: string): DocumentSource | string {
  const parts = splitUri(text)
  const authority = parts.authority ?? ''
  const [user = ''] = authority.split('@')
  if (authority.includes('@')) return user.includes(':') ? PASSWORD : 'it holds a user name; credentials belong into a Secret'
  const host = authority.replace(/:\d*$/, '')
  if (host === '') return 'it has no host'
  if (/\s/.test(text)) return 'it holds a space; write it as `%20`'
  if (!/^(?:\[[\da-f:.]+\]|[\w.~%-]+)$/i.test(host)) return `\`${shorten(host, 60)}\` is no host`
  const port = /:(\d*)$/.exec(authority)?.[1]
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return `\`${port}\` is no port`
  const url = joinUri({ ...parts, authority: authority.toLowerCase(), path: parts.path === '' ? '/' : parts.path, fragment: undefined })
  return { kind: 'http', uri: url, url }
}

const REPOSITORY = /^[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^sha256:[\da-f]{64}$/

function readOci(text: string): DocumentSource | string {
  const parts = splitUri(text)
  const registry = parts.authority ?? ''
  const path = parts.path.replace(/^\//, '')
  if (registry === '' || path === '') return registry === '' ? 'it has no registry' : 'it has no repository'
  const [named = '', digest] = path.split('@')
  const colon = named.lastIndexOf(':')
  const repository = colon === -1 ? named : named.slice(0, colon)
  const tag = colon === -1 ? undefined : named.slice(colon + 1)
  const problem = ociProblem({ registry, repository, tag, digest })
  if (problem !== undefined) return problem
  return ociSource({ registry, repository, tag, digest, file: parts.fragment === undefined ? undefined : decodePercent(parts.fragment) })
}

interface OciParts {
  readonly registry: string
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

function ociProblem({ registry, repository, tag, digest }: OciParts): string | undefined {
  if (registry.includes('@')) return 'it holds a user name; credentials belong into a Secret'
  if (!/^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i.test(registry)) return `\`${shorten(registry, 60)}\` is no registry`
  if (!REPOSITORY.test(repository)) return `\`${shorten(repository, 60)}\` is no repository: it has to be in lower-case letters`
  if (tag !== undefined && !TAG.test(tag)) return `\`${shorten(tag, 60)}\` is no tag`
  if (digest !== undefined && !DIGEST.test(digest)) return 'a digest is `sha256:` and 64 hexadecimal digits in lower case'
  return undefined
}

function ociSource({ registry, repository, tag, digest, file }: OciParts & { readonly file: string | undefined }): OciSource {
  const used = tag ?? (digest === undefined ? 'latest' : undefined)
  const part = (mark: string, text: string | undefined): string => (text === undefined ? '' : mark + text)
  const uri = `oci://${registry}/${repository}${part(':', used)}${part('@', digest)}${part('#', file)}`
  return {
    kind: 'oci', uri, registry, repository,
    ...(used !== undefined && { tag: used }), ...(digest !== undefined && { digest }), ...(file !== undefined && file !== '' && { file }),
  }
}

/** `github://owner/repo/path@ref`; a host that has a dot comes before the owner: `github://ghe.example.com/owner/…`. */
function readGithub(text: string): DocumentSource | string {
  const rest = text.slice('github://'.length)
  const at = rest.lastIndexOf('@')
  const ref = at === -1 ? undefined : decodePercent(rest.slice(at + 1))
  const segments = (at === -1 ? rest : rest.slice(0, at)).split('/')
  const hosted = segments.length > 3 && (segments[0] ?? '').includes('.')
  const [owner = '', repository = '', ...path] = hosted ? segments.slice(1) : segments
  const host = hosted ? (segments[0] ?? '').toLowerCase() : 'github.com'
  const problem = githubProblem({ owner, repository, path, ref })
  if (problem !== undefined) return problem
  const file = path.map(decodePercent).join('/')
  const uri = `github://${hosted ? `${host}/` : ''}${owner}/${repository}/${file}${ref === undefined ? '' : `@${ref}`}`
  return { kind: 'github', uri, host, owner, repository, path: file, ...(ref !== undefined && { ref }) }
}

interface GithubParts {
  readonly owner: string
  readonly repository: string
  readonly path: readonly string[]
  readonly ref: string | undefined
}

function githubProblem({ owner, repository, path, ref }: GithubParts): string | undefined {
  if (!/^[\w-]+$/.test(owner)) return owner === '' ? 'it has no owner' : `\`${shorten(owner, 60)}\` is no owner`
  if (repository === '') return 'it has no repository'
  if (!/^[\w.-]+$/.test(repository) || repository.startsWith('..')) return `\`${shorten(repository, 60)}\` is no repository`
  if (path.length === 0 || path.some((segment) => segment === '')) return 'it has no path of a file'
  if (path.some((segment) => segment === '.' || segment === '..')) return 'the path leads out of the repository'
  if (ref === '') return 'the ref after `@` is empty'
  return ref !== undefined && /[\s~^:?*[\\]|\.\.|^[/-]/.test(ref) ? `\`${shorten(ref, 60)}\` is no branch, tag or commit` : undefined
}

function readFile(text: string): DocumentSource | string {
  const parts: UriParts = splitUri(text.replaceAll('\\', '/'))
  const host = parts.authority ?? ''
  // `file://openapi.yaml` is no URI of a file, but it is what people write for a file beside them.
  const relative = host !== '' && host !== 'localhost'
  const path = decodePercent((relative ? host : '') + parts.path)
  if (path === '' || path.endsWith('/')) return 'it names no file'
  const plain = /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path
  return { kind: 'file', uri: fileUri(path), path: plain }
}

/** A relative path begins with a dot, so that its first part is not taken for a host when references are resolved. */
function fileUri(path: string): string {
  return /^(?:\/|\.\.?\/|[A-Za-z]:\/)/.test(path) ? `file://${path}` : `file://./${path}`
}
