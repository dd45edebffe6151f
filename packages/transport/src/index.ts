export { createTransport } from './transport.js'
export type {
  AddressPolicy, ApiKeyScheme, AuthScheme, AwsV4Scheme, CredentialValue, LoginScheme, Looked, OAuth2Scheme, OciPrincipal, ProxySettings,
  RedirectPolicy, RequestLimitsPerKey, SecretReader, SecretValue, SendContext, Sent, TlsSettings, TokenPlacement, Transport,
  TransportDefaults, TransportOptions,
} from './context.js'
export { sealedHmac } from './secret-values.js'
export { findingOfFailure } from './documents/outcome.js'
export type {
  DocumentCredentials, DocumentIdentity, DocumentSource, FetchDocumentOptions, FetchedDocument, GithubSource, OciSource,
} from './documents/source.js'
