import type { JsonObject, JsonValue } from '@oasgen/json'

/**
 * One field of the RestDefinition as data. The CRD, the reader, the list of additions and the field reference in the docs
 * are all made from the same tree, so that they cannot disagree.
 */
export interface Node {
  readonly type: NodeType
  readonly description: string
  readonly since: Release
  /** What is used when the field is absent; said in the description, never written into users' objects. */
  readonly fallback?: JsonValue
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly values?: Node
  readonly choices?: readonly string[]
  readonly pattern?: string
  /** What the pattern asks for, in words. */
  readonly form?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly rules?: readonly Rule[]
  /** Members that identify an element: the list is a map for server-side apply. */
  readonly keys?: readonly string[]
  /** Message of the rule that forbids a change. */
  readonly immutable?: string
  /** Accepted by the schema, answered with a finding. */
  readonly refused?: true
}
/** `any`: whatever JSON there is. `open`: an object whose members are not ours to say. */
export type NodeType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'map' | 'any' | 'open'

/** Releases of the reference by number; `oasgen` = only here. */
export type Release = 'reference' | 'reference 0.21' | 'reference 0.25' | 'oasgen 0.1'

/**
 * A rule across fields, as the API server evaluates it and as the reader does. A test holds the two together.
 * Without `cel` only the reader checks it: a field of any type is invisible to CEL, so the server could not even compile it.
 */
export interface Rule {
  readonly cel?: string
  readonly message: string
  readonly holds: (value: JsonObject) => boolean
}

export type Extras = Partial<Omit<Node, 'type' | 'description' | 'properties' | 'items' | 'values' | 'choices'>>

const REFERENCE = { since: 'reference' } as const

export function text(description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'string', description, ...extras }
}

export function choice(choices: readonly string[], description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'string', description, choices, ...extras }
}

export function integer(description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'integer', description, ...extras }
}

export function flag(description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'boolean', description, ...extras }
}

export function list(items: Node, description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'array', description, items, ...extras }
}

export function object(properties: Readonly<Record<string, Node>>, description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'object', description, properties, ...extras }
}

export function map(values: Node, description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'map', description, values, ...extras }
}

export function anything(description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'any', description, ...extras }
}

export function open(description: string, extras: Extras = {}): Node {
  return { ...REFERENCE, type: 'open', description, ...extras }
}

/** All of these nodes, marked as coming with a release. */
export function arrivedWith(since: Release, nodes: Readonly<Record<string, Node>>): Readonly<Record<string, Node>> {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, aged(node, since)]))
}

function aged(node: Node, since: Release): Node {
  return {
    ...node,
    since,
    ...(node.properties && { properties: arrivedWith(since, node.properties) }),
    ...(node.items && { items: aged(node.items, since) }),
    ...(node.values && { values: aged(node.values, since) }),
  }
}

/** Exactly one of these members is set. */
export function exactlyOne(members: readonly string[], message: string): Rule {
  const counted = members.map((member) => `(has(self.${member}) ? 1 : 0)`).join(' + ')
  return { cel: `${counted} == 1`, message, holds: (value) => members.filter((member) => value[member] !== undefined).length === 1 }
}

/** Where `member` is set, `condition` holds. */
export function onlyWith(member: string, needed: string, message: string): Rule {
  return {
    cel: `!has(self.${member}) || has(self.${needed})`,
    message,
    holds: (value) => value[member] === undefined || value[needed] !== undefined,
  }
}

/** Where `discriminator` says `value`, `member` is there. */
export function neededFor(discriminator: string, value: string, member: string, message: string): Rule {
  return {
    cel: `self.${discriminator} == '${value}' ? has(self.${member}) : true`,
    message,
    holds: (given) => given[discriminator] !== value || given[member] !== undefined,
  }
}
