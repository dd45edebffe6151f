export type {
  Bound, Discriminator, Encoding, Header, MediaType, OAuthFlow, OAuthFlowName, OAuthFlows, Operation, Parameter, ParameterLocation,
  ParameterStyle, RequestBody, Response, Schema, SchemaType, SecurityAlternative, SecurityRequirements, SecurityScheme, SecurityUse, Server,
  ServerVariable, UnsupportedKeyword,
} from './normal-form.js'
export type { OpenApiVersion, SourceDocument } from './source-document.js'
export { DEFAULT_LIMITS } from './limits.js'
export type { Limits } from './limits.js'
export { readDocument } from './read-document.js'
export type { ReadDocumentOptions } from './read-document.js'
export { linkDocument } from './document.js'
export type { Document, LinkOptions, OperationEntry } from './document.js'
export type { DocumentSettings } from './link-context.js'
export { findOperation } from './find-operation.js'
export type { AskedBy } from './find-operation.js'
export { shapeOf } from './missing-operation.js'
export { templateNames } from './parameter.js'
export { childSchemas, operationSchemas, reachableSchemas, wantedUris } from './reach.js'
export { resolveUri } from './uri.js'
export { readSourceUri } from './source-uri.js'
export type { DocumentSource, GithubSource, OciSource } from './source-uri.js'
export { readOverlay, overlayOf } from './read-overlay.js'
export type { OverlayChange, OverlayDocument, OverlayStep, ReadOverlayOptions } from './read-overlay.js'
export { applyOverlays } from './apply-overlays.js'
