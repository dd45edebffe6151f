import { BUILTIN_TYPES } from './builtin-types.js'

/** A type of the table of built-in kinds. */
export interface StructType {
  readonly name: string
  readonly atomic: boolean
  /** In the order of writing; members of other types in place are spread in. */
  readonly fields: readonly Field[]
  readonly byName: ReadonlyMap<string, Field>
  /** For protobuf: messages whose members stand in place have a number of their own. */
  readonly wire: readonly WireField[]
}

export interface WireField {
  readonly number: number
  readonly field: Field | undefined
  readonly inline: StructType | undefined
}

export interface Field {
  readonly name: string
  readonly type: FieldType
  /** When an empty value is written: never, when it was given, always. */
  readonly emit: 'filled' | 'given' | 'always'
  readonly required: boolean
  /** A pointer: its empty value is null. */
  readonly nullable: boolean
  readonly list: 'atomic' | 'set' | 'map' | undefined
  readonly keys: readonly string[]
  readonly atomic: boolean
  readonly strategy: { readonly merge: boolean; readonly retainKeys: boolean; readonly key: string } | undefined
  readonly default: string | undefined
}

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'list'; readonly element: FieldType }
  | { readonly kind: 'map'; readonly value: FieldType }
export type Scalar =
  | 'string' | 'bool' | 'int32' | 'int64' | 'float' | 'bytes' | 'time' | 'microtime' | 'duration' | 'intstr' | 'quantity' | 'any' | 'schema'

const SCALARS: ReadonlySet<string> = new Set([
  'string', 'bool', 'int32', 'int64', 'float', 'bytes', 'time', 'microtime', 'duration', 'intstr', 'quantity', 'any', 'schema',
])

/** Reads the table when somebody asks, and each type once. */
export class TypeTable {
  readonly #texts: ReadonlyMap<string, string>
  readonly #types = new Map<string, StructType>()

  constructor(text: string) {
    this.#texts = new Map(text.split(/\n(?=\S)/).filter((line) => line.trim() !== '').map((line) => {
      const at = line.indexOf(' ')
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at), line.slice(at + 1)]
    }))
  }

  find(name: string): StructType | undefined {
    const known = this.#types.get(name)
    if (known) return known
    const text = this.#texts.get(name)
    if (text === undefined) return undefined
    const made = this.#read(name, text)
    this.#types.set(name, made)
    return made
  }

  get(name: string): StructType {
    const found = this.find(name)
    if (!found) throw new Error(`the table of types has no ${name}`)
    return found
  }

  #read(name: string, text: string): StructType {
    const fields: Field[] = []
    const wire: WireField[] = []
    let atomic = false
    for (const part of text.split(/\s+/).filter(Boolean)) {
      if (part === '@') atomic = true
      else this.#readField(part, fields, wire)
    }
    return { name, atomic, fields, byName: new Map(fields.map((field) => [field.name, field])), wire }
  }

  #readField(part: string, fields: Field[], wire: WireField[]): void {
    const match = /^([^:]+):(\d+):((?:\[\]|\{\})*[\w.]+)([*+!]*)(?:=(\w+)(?:\(([^)]*)\))?)?(@?)(?:~([\w+]+)(?:\((\w+)\))?)?(?:#(.*))?$/.exec(part)
    if (!match) throw new Error(`the table of types is malformed at ${part}`)
    const [, name = '', number = '0', type = '', marks = '', list, keys = '', atomic, strategy, key = '', preset] = match
    if (name === '^') {
      const inline = this.get(type)
      fields.push(...inline.fields)
      wire.push(...(number === '0' ? inline.wire : [{ number: Number(number), field: undefined, inline }]))
      return
    }
    const field: Field = {
      name, type: readType(type), required: marks.includes('!'), nullable: marks.includes('*'), list: list as Field['list'], keys: keys === '' ? [] : keys.split('+'),
      emit: marks.includes('+') ? 'always' : marks.includes('*') ? 'given' : 'filled', atomic: atomic === '@',
      strategy: strategy === undefined ? undefined : { merge: strategy.includes('merge'), retainKeys: strategy.includes('retainKeys'), key },
      default: preset === undefined ? undefined : preset.replace(/^"(.*)"$/, '$1').replace(/^ref\(.*\)$/, ''),
    }
    fields.push(field)
    wire.push({ number: Number(number), field, inline: undefined })
  }
}

function readType(text: string): FieldType {
  if (text.startsWith('[]')) return { kind: 'list', element: readType(text.slice(2)) }
  if (text.startsWith('{}')) return { kind: 'map', value: readType(text.slice(2)) }
  return SCALARS.has(text) ? { kind: 'scalar', scalar: text as Scalar } : { kind: 'struct', name: text }
}

/** The table of the built-in kinds. */
export const builtinTable = new TypeTable(BUILTIN_TYPES)

const PACKAGES: Readonly<Record<string, string>> = { '': 'core', 'rbac.authorization.k8s.io': 'rbac', 'flowcontrol.apiserver.k8s.io': 'flowcontrol' }

/** The name of a kind in the table. */
export function tableName(group: string, version: string, kind: string): string {
  return `${PACKAGES[group] ?? group.split('.')[0] ?? ''}.${version}.${kind}`
}
