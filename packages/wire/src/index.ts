export { ACTIONS } from './http.js'
export type {
  Action, AuthAlternative, AuthRequirement, AuthUse, Exchange, ExchangeResult, FormField, HttpBody, HttpHeader, HttpMethod, HttpRequest,
  HttpResponse, Instant, MultipartPart, Purpose, RequestLimits, ResponseBody, SealedText, TransportFailure, TransportFailureReason,
} from './http.js'
export { ANNOTATION, CONDITION, FINALIZER, REASON } from './kubernetes.js'
export type { Condition, ConditionType } from './kubernetes.js'
