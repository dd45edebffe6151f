/** The types of CEL. Two types are the same when their texts are; fields of a struct hang on its name. */
export type CelType =
  | { readonly kind: 'dyn' | 'error' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'any' }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: ReadonlyMap<string, CelType> }
  | { readonly kind: 'opaque'; readonly name: string; readonly params: readonly CelType[] }
  | { readonly kind: 'type'; readonly of: CelType | undefined }
  | { readonly kind: 'param'; readonly name: string }

type Simple = 'dyn' | 'error' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'any'

export const DYN: CelType = { kind: 'dyn' }
export const ERROR: CelType = { kind: 'error' }
export const BOOL: CelType = { kind: 'bool' }
export const INT: CelType = { kind: 'int' }
export const STRING: CelType = { kind: 'string' }
export const NULL: CelType = { kind: 'null' }

export function simpleType(kind: Simple): CelType {
  return { kind }
}

export function listOf(element: CelType): CelType {
  return { kind: 'list', element }
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value }
}

export function optionalOf(type: CelType): CelType {
  return { kind: 'opaque', name: 'optional_type', params: [type] }
}

export function opaque(name: string): CelType {
  return { kind: 'opaque', name, params: [] }
}

/** What stands inside optional_type, and whether anything did. */
export function unwrapOptional(type: CelType): { readonly type: CelType; readonly isOptional: boolean } {
  const [inner] = type.kind === 'opaque' && type.name === 'optional_type' ? type.params : []
  return inner === undefined ? { type, isOptional: false } : { type: inner, isOptional: true }
}

/** The parameters of a type, whatever its kind. */
export function paramsOf(type: CelType): readonly CelType[] {
  switch (type.kind) {
    case 'list':
      return [type.element]
    case 'map':
      return [type.key, type.value]
    case 'opaque':
      return type.params
    case 'type':
      return type.of ? [type.of] : []
    default:
      return []
  }
}

/** As cel-go prints a type in its complaints. */
export function printType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${printType(type.element)})`
    case 'map':
      return `map(${printType(type.key)}, ${printType(type.value)})`
    case 'struct':
      return type.name
    case 'opaque':
      return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(printType).join(', ')})`
    case 'type':
      return type.of === undefined ? 'type' : `type(${printType(type.of)})`
    case 'param':
      return type.name
    case 'error':
      return '!error!'
    default:
      return type.kind
  }
}

export function sameType(a: CelType, b: CelType): boolean {
  return a === b || (a.kind === b.kind && printType(a) === printType(b))
}

/** What type variables stand for so far. Never changed in place: a failed attempt leaves nothing behind. */
export type Substitution = ReadonlyMap<string, CelType>

export function substitute(subs: Substitution, type: CelType, variables: 'keep' | 'toDyn'): CelType {
  if (type.kind === 'param') {
    const found = subs.get(type.name)
    if (found) return substitute(subs, found, variables)
    return variables === 'toDyn' ? DYN : type
  }
  switch (type.kind) {
    case 'list':
      return listOf(substitute(subs, type.element, variables))
    case 'map':
      return mapOf(substitute(subs, type.key, variables), substitute(subs, type.value, variables))
    case 'opaque':
      return type.params.length === 0 ? type : { ...type, params: type.params.map((param) => substitute(subs, param, variables)) }
    case 'type':
      return type.of ? { kind: 'type', of: substitute(subs, type.of, variables) } : type
    default:
      return type
  }
}

/** Whether `from` may stand where `to` is wanted, and what type variables then are. */
export function assign(subs: Substitution, to: CelType, from: CelType): Substitution | undefined {
  const draft = new Map(subs)
  return isAssignable(draft, to, from) ? draft : undefined
}

export function assignAll(subs: Substitution, to: readonly CelType[], from: readonly CelType[]): Substitution | undefined {
  const draft = new Map(subs)
  const fits = to.length === from.length && to.every((type, index) => isAssignable(draft, type, from[index] ?? ERROR))
  return fits ? draft : undefined
}

function isDynOrError(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error'
}

function isAssignable(subs: Map<string, CelType>, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const { fits, bound } = bindVariable(subs, a, b)
    if (fits || bound) return fits
  }
  if (a.kind === 'param') return bindVariable(subs, b, a).fits
  if (isDynOrError(a) || isDynOrError(b)) return true
  if (a.kind === 'null') return takesNull(b)
  if (b.kind === 'null') return takesNull(a)
  switch (a.kind) {
    case 'type':
      return b.kind === 'type'
    case 'list':
    case 'map':
    case 'opaque':
      return a.kind === b.kind && (a.kind !== 'opaque' || (b.kind === 'opaque' && a.name === b.name)) && isAssignableList(subs, paramsOf(a), paramsOf(b))
    default:
      return sameType(a, b)
  }
}

function isAssignableList(subs: Map<string, CelType>, a: readonly CelType[], b: readonly CelType[]): boolean {
  return a.length === b.length && a.every((type, index) => isAssignable(subs, type, b[index] ?? ERROR))
}

function takesNull(type: CelType): boolean {
  return ['null', 'opaque', 'struct', 'any', 'timestamp', 'duration'].includes(type.kind)
}

function bindVariable(subs: Map<string, CelType>, type: CelType, variable: CelType & { kind: 'param' }): { readonly fits: boolean; readonly bound: boolean } {
  if (sameType(type, variable)) return { fits: true, bound: true }
  const current = subs.get(variable.name)
  if (current) {
    if (sameType(type, current)) return { fits: true, bound: true }
    if (!isAssignable(subs, type, current)) return { fits: false, bound: true }
    const general = mostGeneral(type, current)
    if (!mentions(subs, variable, general)) subs.set(variable.name, general)
    return { fits: true, bound: true }
  }
  if (mentions(subs, variable, type)) return { fits: false, bound: false }
  subs.set(variable.name, type)
  return { fits: true, bound: false }
}

/** Whether a variable occurs in a type, which would make the type endless. */
function mentions(subs: Substitution, variable: CelType & { kind: 'param' }, type: CelType): boolean {
  if (sameType(variable, type)) return true
  if (type.kind === 'param') {
    const found = subs.get(type.name)
    return found !== undefined && mentions(subs, variable, found)
  }
  return paramsOf(type).some((param) => mentions(subs, variable, param))
}

export function mostGeneral(a: CelType, b: CelType): CelType {
  return isLessSpecific(a, b) ? a : b
}

function isLessSpecific(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false
  const [left, right] = [paramsOf(a), paramsOf(b)]
  if (a.kind === 'type') return true
  if (a.kind === 'opaque' && b.kind === 'opaque' && a.name !== b.name) return false
  if (left.length === 0) return sameType(a, b)
  return left.length === right.length && left.every((type, index) => isLessSpecific(type, right[index] ?? ERROR))
}
