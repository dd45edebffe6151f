import type { Finding } from '@oasgen/diagnostics'
import type { JsonValue, SecretReference } from '@oasgen/json'
import type { ExchangeResult, HttpRequest, Instant } from '@oasgen/wire'
import type { DocumentSource, FetchDocumentOptions, FetchedDocument } from './documents/source.js'

/** A credential: in a Secret, in a file (projected tokens; read again when it changes), or as it is (names, tests). */
export type CredentialValue =
  | { readonly secret: SecretReference }
  | { readonly file: string }
  | { readonly value: string }

/** The current value of a Secret's key and something that changes with it (the resourceVersion). */
export interface SecretValue {
  readonly value: string
  readonly version: string
}

/** Synchronous look-up in the reader's cache; undefined = Secret or key is not there. */
export type SecretReader = (reference: SecretReference) => SecretValue | undefined

/** How one named scheme of a request's `auth` is satisfied. */
export type AuthScheme =
  | { readonly type: 'basic'; readonly username: CredentialValue; readonly password: CredentialValue }
  | { readonly type: 'digest'; readonly username: CredentialValue; readonly password: CredentialValue }
  | { readonly type: 'bearer'; readonly token: CredentialValue }
  /** Any other `Authorization: <scheme> <credentials>`. */
  | { readonly type: 'http'; readonly scheme: string; readonly credentials: CredentialValue }
  | ApiKeyScheme
  | OAuth2Scheme
  | { readonly type: 'oidcToken'; readonly file: string; readonly placement?: TokenPlacement }
  | AwsV4Scheme
  | { readonly type: 'ociSignature'; readonly principal: OciPrincipal }
  | { readonly type: 'mutualTls'; readonly certificate: CredentialValue; readonly privateKey: CredentialValue; readonly passphrase?: CredentialValue }
  | LoginScheme

export interface ApiKeyScheme {
  readonly type: 'apiKey'
  readonly in: 'header' | 'query' | 'cookie'
  readonly name: string
  readonly value: CredentialValue
  /** Such as `Token token=`; written before the value. */
  readonly valuePrefix?: string
}

export interface OAuth2Scheme {
  readonly type: 'oauth2'
  readonly grant: 'clientCredentials' | 'password'
  /** Either the token endpoint or an issuer whose discovery document names it. */
  readonly endpoint: { readonly tokenUrl: string } | { readonly discoveryUrl: string }
  readonly clientId?: CredentialValue
  readonly clientSecret?: CredentialValue
  readonly username?: CredentialValue
  readonly password?: CredentialValue
  /** Absent = the scopes that the operation asks for. */
  readonly scopes?: readonly string[]
  readonly audience?: string
  /** Further members of the token request, such as `resource`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** How the client proves itself. Default `basic`, as RFC 6749 section 2.3.1 wants every server to support. */
  readonly clientAuthentication?: 'basic' | 'body'
  readonly placement?: TokenPlacement
}

export interface AwsV4Scheme {
  readonly type: 'awsV4'
  readonly region: string
  readonly service: string
  readonly accessKeyId: CredentialValue
  readonly secretAccessKey: CredentialValue
  readonly sessionToken?: CredentialValue
}

/** An API that hands out a session token: one call with the credentials, then the token on every call. */
export interface LoginScheme {
  readonly type: 'login'
  /** Absolute URL. Credentials go only there, so its origin has to be among the allowed ones too. */
  readonly url: string
  readonly method?: 'POST' | 'PUT' | 'GET'
  /** Sealed leaves are filled. */
  readonly body?: { readonly encoding: 'json' | 'form'; readonly value: JsonValue }
  readonly basic?: { readonly username: CredentialValue; readonly password: CredentialValue }
  readonly token: { readonly from: 'body'; readonly path: string } | { readonly from: 'header'; readonly name: string } | { readonly from: 'cookie'; readonly name: string }
  readonly placement?: TokenPlacement
  /** How long the token is used when the answer does not say. Default 15 minutes; a 401 renews it earlier. */
  readonly lifetimeSeconds?: number
}

/** Where a fetched token goes. Default: `Authorization: Bearer <token>`. */
export interface TokenPlacement {
  readonly in: 'header' | 'query' | 'cookie'
  readonly name: string
  readonly valuePrefix?: string
}

export type OciPrincipal =
  | { readonly type: 'user'; readonly tenancy: CredentialValue; readonly user: CredentialValue; readonly fingerprint: CredentialValue; readonly privateKey: CredentialValue; readonly passphrase?: CredentialValue }
  | { readonly type: 'session'; readonly token: CredentialValue; readonly privateKey: CredentialValue; readonly passphrase?: CredentialValue }
  | { readonly type: 'instance' }
  /** OKE workload identity: the service account token is exchanged at the cluster's own proxymux endpoint. */
  | { readonly type: 'workload'; readonly host: string; readonly tokenFile: string; readonly caFile: string }
  | { readonly type: 'resource'; readonly token: CredentialValue; readonly privateKey: CredentialValue; readonly passphrase?: CredentialValue }

export interface TlsSettings {
  /** PEM bundle that replaces the system's. */
  readonly ca?: string
  /** Only where the Configuration says so; reported by `onWarning` (NET0116) whenever a connection pool is made with it. */
  readonly insecureSkipVerify?: boolean
  readonly serverName?: string
}

export interface ProxySettings {
  /** `http://user:password@host:port`, or `none`: no proxy, whatever the environment says. */
  readonly url: string
}

export interface RedirectPolicy {
  /** `safe`: GET and HEAD follow everything, writes follow 303 as GET and 307/308 to their own origin. `none`: the 3xx is the answer. */
  readonly follow: 'safe' | 'none'
  /** Default 5. */
  readonly max?: number
}

/** What a key's requests may cost one host. */
export interface RequestLimitsPerKey {
  /** Requests in flight. Default 32. */
  readonly concurrency?: number
  /** Tokens per second; absent = no limit until the API answers 429. */
  readonly ratePerSecond?: number
  /** Default: one second's worth. */
  readonly burst?: number
}

export interface SendContext {
  /** Names the credential. Requests of one key to one host share concurrency, token bucket and breaker. */
  readonly key: string
  readonly auth: Readonly<Record<string, AuthScheme>>
  readonly secrets: SecretReader
  /** Key of the HMACs of filled leaves; absent = none are computed. */
  readonly hmacKey?: string
  /** Credentials and filled leaves are sent to these origins (`https://api.example.com`) and nowhere else. */
  readonly allowedOrigins: readonly string[]
  readonly tls?: TlsSettings
  readonly proxy?: ProxySettings
  readonly limits?: RequestLimitsPerKey
  readonly redirects?: RedirectPolicy
  readonly signal?: AbortSignal
}

export type Sent = ExchangeResult & {
  readonly tookMs: number
  /** HMACs of the filled leaves, by place: `body:/password`, `header:x-token`, `url`; later ones of a place as `url#1`. */
  readonly sealed?: Readonly<Record<string, string>>
}

/** An answer that came with `look`, and what it is known by when it comes again. */
export type Looked =
  | (Sent & {
    /** Of status, content type and body as they were written; absent when nothing was answered. */
    readonly digest?: string
  })
  /** What is known came once more. It was not read. */
  | { readonly type: 'same'; readonly status: number; readonly tookMs: number }

export interface TransportDefaults {
  /** TCP and TLS. Default 5 s. */
  readonly connectTimeoutMs?: number
  /** From the last byte of the request to the last of the response's head. Default 30 s. */
  readonly headersTimeoutMs?: number
  /** Between two pieces of the response's body. Default 15 s. */
  readonly bodyTimeoutMs?: number
  /** Everything: waiting for a turn, tokens, redirects, the body. Default 60 s. A request's own `timeoutMs` wins. */
  readonly timeoutMs?: number
  /** After decompression. Default 8 MiB. */
  readonly maxResponseBytes?: number
  /** How long a request may wait for its turn before it is answered with `throttled`. Default 2 s: no worker sleeps. */
  readonly maxWaitMs?: number
  /** Sent as `user-agent` unless the request has one. */
  readonly userAgent?: string
}

export type AddressPolicy = 'allow' | 'warn' | 'deny'

export interface TransportOptions {
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => Instant
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` and their lower-case forms; absent = no proxy. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>>
  readonly defaults?: TransportDefaults
  /** For documents only; resource requests may go to private addresses, as most APIs inside a cluster are there. Default `warn`. */
  readonly privateAddresses?: AddressPolicy
  readonly onWarning?: (finding: Finding) => void
}

export interface Transport {
  /** Never throws. Repeats only what never left, and once after a 401 with a fresh token. */
  send(request: HttpRequest, context: SendContext): Promise<Sent>
  /** `send` for who has looked before: `known` is the digest of that answer. */
  look(request: HttpRequest, context: SendContext, known?: string): Promise<Looked>
  /** Never throws. An unchanged document costs one conditional request. */
  fetchDocument(source: DocumentSource, options?: FetchDocumentOptions): Promise<FetchedDocument>
  /** Ends idle and running connections; later requests answer `aborted`. */
  close(): Promise<void>
}
