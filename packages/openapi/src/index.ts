export type {
  Bound, Discriminator, Encoding, Header, MediaType, OAuthFlow, OAuthFlowName, OAuthFlows, Operation, Parameter, ParameterLocation,
  ParameterStyle, RequestBody, Response, Schema, SchemaType, SecurityAlternative, SecurityRequirements, SecurityScheme, SecurityUse, Server,
  ServerVariable, UnsupportedKeyword,
} from './normal-form.js'
export type { OpenApiVersion, SourceDocument } from './source-document.js'
