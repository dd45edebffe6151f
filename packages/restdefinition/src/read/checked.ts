import { isArray, isObject, type JsonObject, type JsonValue, member, writePointer } from '@oasgen/json'

/** Reads members of an object that `checkNode` passed: types hold, so a member is either as the table says or absent. */
export interface Checked {
  readonly value: JsonObject
  readonly at: string
}

export function textOf({ value }: Checked, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

/** A member that the table requires. */
export function required(checked: Checked, name: string): string {
  return textOf(checked, name) ?? ''
}

/** A text of which the table lists the choices. */
export function choiceOf<T extends string>(checked: Checked, name: string): T | undefined {
  return textOf(checked, name) as T | undefined
}

export function numberOf({ value }: Checked, name: string): number | undefined {
  const found = member(value, name)
  return typeof found === 'number' || typeof found === 'bigint' ? Number(found) : undefined
}

export function flagOf({ value }: Checked, name: string): boolean | undefined {
  const found = member(value, name)
  return typeof found === 'boolean' ? found : undefined
}

export function valueOf({ value }: Checked, name: string): JsonValue | undefined {
  return member(value, name)
}

export function openOf({ value }: Checked, name: string): JsonObject | undefined {
  const found = member(value, name)
  return isObject(found) ? found : undefined
}

export function objectOf(checked: Checked, name: string): Checked | undefined {
  const found = openOf(checked, name)
  return found === undefined ? undefined : { value: found, at: checked.at + writePointer([name]) }
}

export function valuesOf({ value }: Checked, name: string): readonly JsonValue[] {
  const found = member(value, name)
  return isArray(found) ? found : []
}

/** Elements of a list of objects, each with its own pointer; elements that were refused are left out. */
export function objectsOf(checked: Checked, name: string): readonly Checked[] {
  const at = checked.at + writePointer([name])
  return valuesOf(checked, name).flatMap((item, index) => (isObject(item) ? [{ value: item, at: at + writePointer([index]) }] : []))
}

export function textsOf(checked: Checked, name: string): readonly string[] {
  return valuesOf(checked, name).filter((item): item is string => typeof item === 'string')
}

export function numbersOf(checked: Checked, name: string): readonly number[] {
  return valuesOf(checked, name).flatMap((item) => (typeof item === 'number' || typeof item === 'bigint' ? [Number(item)] : []))
}

/** Members that are undefined are left out, as `exactOptionalPropertyTypes` asks. */
export function compact<T extends object>(record: { readonly [K in keyof T]: T[K] | undefined }): Compact<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Compact<T>
}
type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
