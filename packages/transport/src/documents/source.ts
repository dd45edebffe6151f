import type { Finding } from '@oasgen/diagnostics'
import type { AddressPolicy, ProxySettings } from '../context.js'

/**
 * Where a document is to be had. The grammar of the addresses (`oasPath`) is that of `@oasgen/openapi`, which this package
 * may not import: the type is structurally the same. ConfigMaps and Secrets belong to the cluster and are answered with
 * NET0509. `uri` is the one spelling of the address, for findings.
 */
export type DocumentSource =
  | { readonly kind: 'configMap' | 'secret'; readonly uri: string; readonly namespace: string; readonly name: string; readonly key: string }
  | { readonly kind: 'http'; readonly uri: string; readonly url: string }
  | OciSource
  | GithubSource
  | { readonly kind: 'file'; readonly uri: string; readonly path: string }

export interface OciSource {
  readonly kind: 'oci'
  readonly uri: string
  /** Host and port. */
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  /** `sha256:…`; wins over the tag. */
  readonly digest?: string
  /** Title of the layer. */
  readonly file?: string
}

export interface GithubSource {
  readonly kind: 'github'
  readonly uri: string
  /** `github.com`, or an Enterprise server. */
  readonly host: string
  readonly owner: string
  readonly repository: string
  readonly path: string
  /** Branch, tag or commit; absent = the default branch. */
  readonly ref?: string
}

/** What tells one content of a source from another; kept by the caller and handed back, never looked into. */
export interface DocumentIdentity {
  /** SHA-256 of the bytes: `sha256:<hex>`. */
  readonly digest: string
  readonly etag?: string
  readonly lastModified?: string
  /** Of an OCI artifact. */
  readonly manifest?: string
}

/** What `document.credentialsRef` led to, as texts. */
export interface DocumentCredentials {
  readonly username?: string
  readonly password?: string
  readonly token?: string
  /** Further headers, such as `private-token`. */
  readonly headers?: Readonly<Record<string, string>>
  /** PEM bundle that replaces the system's. */
  readonly ca?: string
  /** Text of a `.dockerconfigjson`: the entry of the registry is used. */
  readonly dockerConfig?: string
}

export interface FetchDocumentOptions {
  readonly previous?: DocumentIdentity
  /** Pin: other content is refused. */
  readonly digest?: string
  readonly credentials?: DocumentCredentials
  readonly proxy?: ProxySettings
  /** Default 32 MiB, after decompression. */
  readonly maxBytes?: number
  /** In all. Default 60 s. */
  readonly timeoutMs?: number
  /** Default: that of the transport. */
  readonly privateAddresses?: AddressPolicy
  /** Where GitHub's endpoints are, when not at the usual places of the source's host (`https://<host>/api/v3` for Enterprise). */
  readonly github?: { readonly apiUrl: string; readonly rawUrl?: string }
  /** Registries that are spoken to without TLS; loopback ones always are. */
  readonly plainRegistries?: readonly string[]
  /** Files are read on the command line only. Default `deny`. */
  readonly files?: 'allow' | 'deny'
  readonly signal?: AbortSignal
}

export type FetchedDocument =
  | { readonly type: 'document'; readonly bytes: Uint8Array; readonly mediaType: string; readonly identity: DocumentIdentity }
  | { readonly type: 'notModified'; readonly identity: DocumentIdentity }
  /** `passing`: the source is asked again by itself; `lasting`: somebody has to change something. */
  | { readonly type: 'failure'; readonly finding: Finding; readonly duration: 'passing' | 'lasting'; readonly retryAfterMs?: number }
