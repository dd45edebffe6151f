import { BOOLEAN, NUMERIC, OPAQUE, SCALAR, STRING, type MergeType } from '../apply/merge-type.js'
import type { Field, FieldType, Scalar, StructType, TypeTable } from './type-table.js'

/** How built-in kinds merge, from their table. */
export class TypedMerger {
  readonly #table: TypeTable
  readonly #made = new Map<string, MergeType>()

  constructor(table: TypeTable) {
    this.#table = table
  }

  struct(name: string, head: Readonly<Record<string, MergeType>> = {}): MergeType {
    const known = this.#made.get(name)
    if (known) return known
    const type = this.#table.get(name)
    const made = this.#map(type, head)
    this.#made.set(name, made)
    return made
  }

  #map(type: StructType, head: Readonly<Record<string, MergeType>>): MergeType {
    const members = new Map<string, MergeType>()
    const member = (name: string): MergeType | undefined => {
      if (Object.hasOwn(head, name)) return head[name]
      const field = type.byName.get(name)
      if (!field) return undefined
      const known = members.get(name) ?? this.#field(field)
      members.set(name, known)
      return known
    }
    return { type: 'map', atomic: type.atomic, member, fields: new Set([...Object.keys(head), ...type.fields.map((field) => field.name)]) }
  }

  #field(field: Field): MergeType {
    const made = this.#typeOf(field.type)
    if (made.type === 'map') {
      return { ...made, atomic: made.atomic || field.atomic, ...(field.strategy?.retainKeys && { retainKeys: true as const }) }
    }
    if (made.type !== 'list') return made
    const merge = field.list === 'map' ? 'keyed' : field.list === 'set' ? 'set' : 'atomic'
    return {
      ...made, merge, keys: field.keys, keyDefaults: this.#keyDefaults(field),
      strategic: { merge: field.strategy?.merge ? 'merge' : 'replace', key: field.strategy?.key ?? '', retainKeys: field.strategy?.retainKeys ?? false },
    }
  }

  #keyDefaults(field: Field): Readonly<Record<string, string>> {
    if (field.type.kind !== 'list' || field.type.element.kind !== 'struct') return {}
    const element = this.#table.get(field.type.element.name)
    return Object.fromEntries(field.keys.flatMap((key) => {
      const preset = element.byName.get(key)?.default
      return preset === undefined ? [] : [[key, preset]]
    }))
  }

  #typeOf(type: FieldType): MergeType {
    switch (type.kind) {
      case 'scalar': return SCALARS[type.scalar]
      case 'struct': return this.struct(type.name)
      case 'map': {
        const value = this.#typeOf(type.value)
        return { type: 'map', atomic: false, member: () => value, fields: new Set() }
      }
      case 'list': return { type: 'list', merge: 'atomic', keys: [], element: this.#typeOf(type.element), keyDefaults: {} }
    }
  }
}

const SCALARS: Readonly<Record<Scalar, MergeType>> = {
  string: STRING, bytes: STRING, time: SCALAR, microtime: SCALAR, duration: STRING, bool: BOOLEAN, int32: NUMERIC, int64: NUMERIC, float: NUMERIC,
  intstr: SCALAR, quantity: SCALAR, any: OPAQUE, schema: OPAQUE,
}
