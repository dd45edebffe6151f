export { ACTIONS } from './http.js'
export type {
  Action, AuthAlternative, AuthRequirement, AuthUse, Exchange, ExchangeResult, FormField, HttpBody, HttpHeader, HttpMethod, HttpRequest,
  HttpResponse, Instant, MultipartPart, Purpose, RequestLimits, ResponseBody, SealedText, TransportFailure, TransportFailureReason,
} from './http.js'
export { ANNOTATION, CONDITION, FINALIZER, LABEL, REASON } from './kubernetes.js'
export type { Condition, ConditionType } from './kubernetes.js'
export { printExternalName, readCreateAttempt, readCreateResolved, readExternalName } from './annotations.js'
export type { CreateResolved, ExternalName } from './annotations.js'
export { conditionOf, readConditions, setConditions, timestamp } from './conditions.js'
export type { StoredCondition, WantedCondition } from './conditions.js'
export { printDuration, readDuration } from './duration.js'
export { duration, exchangeLine, shortUrl } from './exchange-line.js'
export { headerOf, mediaTypeOf, requestHeader, withHeader } from './headers.js'
export type { ResponseHeaders } from './headers.js'
export { isSecretName, maskedExchange, maskedRequest, maskedText, maskedUrl, maskedValue, placeUrl } from './masked.js'
export { readHttpDate, readRateLimit, retryAfter } from './retry-after.js'
export type { RateLimit } from './retry-after.js'
