export { Decimal, MASK, Sealed, isArray, isNumber, isObject } from './value.js'
export type { JsonArray, JsonNumber, JsonObject, JsonScalar, JsonValue, SealedForm, SecretReference } from './value.js'
