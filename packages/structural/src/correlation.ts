import { equalJson, isArray, isObject, member, type JsonValue } from '@oasgen/json'
import { indexItems, type ItemIndex } from './map-list.js'
import { own, valuesSchema, type StructuralSchema } from './schema.js'

/**
 * A value beside the value that stood in its place before an update. What cannot be matched (items of atomic and set
 * lists, new fields) has no correlation, and its errors are never excused.
 */
export interface Correlation {
  readonly value: JsonValue
  readonly old: JsonValue
  readonly schema: StructuralSchema
  readonly oldItem: ItemIndex
}

export function correlate(value: JsonValue, old: JsonValue, schema: StructuralSchema): Correlation {
  return { value, old, schema, oldItem: indexItems(schema, old) }
}

/** Whether errors of this value are excused because it did not change. */
export function isUnchanged(correlation: Correlation | undefined): boolean {
  if (correlation === undefined) return false
  const { value, old, schema } = correlation
  if (isArray(value) && isArray(old) && schema['x-kubernetes-list-type'] === 'map') {
    return value.length === old.length && value.every((_, index) => isUnchanged(itemCorrelation(correlation, index)))
  }
  if (isObject(value) && isObject(old)) {
    const names = Object.keys(value)
    return names.length === Object.keys(old).length && names.every((name) => isUnchanged(fieldCorrelation(correlation, name)))
  }
  return equalJson(value, old)
}

export function fieldCorrelation(parent: Correlation | undefined, name: string): Correlation | undefined {
  if (parent === undefined || !isObject(parent.value) || !isObject(parent.old)) return undefined
  const [value, old] = [member(parent.value, name), member(parent.old, name)]
  const schema = own(parent.schema.properties, name) ?? valuesSchema(parent.schema)
  return value === undefined || old === undefined || schema === undefined ? undefined : correlate(value, old, schema)
}

export function itemCorrelation(parent: Correlation | undefined, index: number): Correlation | undefined {
  if (parent === undefined || !isArray(parent.value) || parent.schema.items === undefined) return undefined
  const value = parent.value[index]
  const old = value === undefined ? undefined : parent.oldItem(value)
  return value === undefined || old === undefined ? undefined : correlate(value, old, parent.schema.items)
}
