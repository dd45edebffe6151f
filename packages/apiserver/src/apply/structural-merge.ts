import type { StructuralSchema } from '@oasgen/structural'
import { BOOLEAN, NUMERIC, SCALAR, STRING, UNTYPED, type MergeType } from './merge-type.js'

/** How an object of a CRD merges. Types are made as they are asked for, and kept. */
export function structuralMerge(schema: StructuralSchema, head: Readonly<Record<string, MergeType>>): MergeType {
  return new Merger().root(schema, head)
}

class Merger {
  readonly #made = new Map<StructuralSchema, MergeType>()

  /** `head`: apiVersion, kind and metadata, which no CRD declares. */
  root(schema: StructuralSchema, head: Readonly<Record<string, MergeType>>): MergeType {
    const type = this.#typeOf(schema)
    const known = type.type === 'map' ? type : { member: () => UNTYPED, fields: new Set<string>() }
    return {
      type: 'map', atomic: false, fields: new Set([...Object.keys(head), ...known.fields]),
      member: (name) => (Object.hasOwn(head, name) ? head[name] : known.member(name)),
    }
  }

  #typeOf(schema: StructuralSchema): MergeType {
    const known = this.#made.get(schema)
    if (known) return known
    const type = this.#make(schema)
    this.#made.set(schema, type)
    return type
  }

  #make(schema: StructuralSchema): MergeType {
    if (schema['x-kubernetes-int-or-string']) return SCALAR
    switch (schema.type) {
      case 'object': return this.#map(schema)
      case 'array': return this.#list(schema)
      case undefined: case '': return UNTYPED
      case 'string': return STRING
      case 'boolean': return BOOLEAN
      default: return NUMERIC
    }
  }

  #map(schema: StructuralSchema): MergeType {
    const properties = schema.properties ?? {}
    const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true
    return {
      type: 'map', atomic: schema['x-kubernetes-map-type'] === 'atomic', fields: new Set(Object.keys(properties)),
      member: (name) => {
        const property = Object.hasOwn(properties, name) ? properties[name] : undefined
        if (property) return this.#typeOf(property)
        if (values) return this.#typeOf(values)
        return open || schema.properties === undefined ? UNTYPED : undefined
      },
    }
  }

  #list(schema: StructuralSchema): MergeType {
    const listType = schema['x-kubernetes-list-type']
    const element = schema.items ? this.#typeOf(schema.items) : UNTYPED
    const keys = schema['x-kubernetes-list-map-keys'] ?? []
    const merge = listType === 'map' ? 'keyed' : listType === 'set' ? 'set' : 'atomic'
    return { type: 'list', merge, keys, element, keyDefaults: keyDefaults(schema, keys) }
  }
}

function keyDefaults(schema: StructuralSchema, keys: readonly string[]): Readonly<Record<string, string | number | boolean>> {
  const defaults: Record<string, string | number | boolean> = {}
  for (const key of keys) {
    const value = schema.items?.properties?.[key]?.default
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') defaults[key] = value
  }
  return defaults
}
