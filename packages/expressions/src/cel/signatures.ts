import { listOf, mapOf, opaque, optionalOf, simpleType, type CelType } from './types.js'

/** One way to call a function. */
export interface Overload {
  readonly id: string
  readonly isMember: boolean
  /** The receiver first, where there is one. */
  readonly params: readonly CelType[]
  readonly result: CelType
  /** Names of the type variables in it. */
  readonly variables: readonly string[]
}

/** Functions by name. */
export type Functions = ReadonlyMap<string, readonly Overload[]>

/**
 * Reads a table of signatures, one per line: `id: name(type, …) type` for functions, `id: <type>.name(type, …) type` for
 * methods. `A`, `B` are type variables. The tables are ours, so what cannot be read is our bug.
 */
export function readSignatures(table: string): Functions {
  const functions = new Map<string, Overload[]>()
  for (const line of table.split('\n').map((text) => text.trim()).filter((text) => text !== '')) {
    const { name, overload } = readSignature(line)
    functions.set(name, [...(functions.get(name) ?? []), overload])
  }
  return functions
}

/** Functions of several tables together; overloads of one name are joined in order. */
export function joinFunctions(...tables: readonly Functions[]): Functions {
  const joined = new Map<string, readonly Overload[]>()
  for (const table of tables) {
    for (const [name, overloads] of table) joined.set(name, [...(joined.get(name) ?? []), ...overloads])
  }
  return joined
}

function readSignature(line: string): { readonly name: string; readonly overload: Overload } {
  const match = /^(\S+): (?:<(.+?)>\.)?([^(]+)\((.*)$/.exec(line)
  if (match === null) throw new Error(`a table of signatures has the unreadable line ${line}`)
  const [, id = '', receiverText, name = '', rest = ''] = match
  const variables = new Set<string>()
  const receiver = receiverText === undefined ? [] : [readType({ text: receiverText, at: 0 }, variables)]
  const reader: TypeReader = { text: rest, at: 0 }
  const params = readTypes(reader, variables)
  const result = readType({ text: rest.slice(reader.at).trim(), at: 0 }, variables)
  return { name, overload: { id, isMember: receiver.length > 0, params: [...receiver, ...params], result, variables: [...variables] } }
}

interface TypeReader {
  readonly text: string
  at: number
}

function readTypes(reader: TypeReader, variables: Set<string>): readonly CelType[] {
  const types: CelType[] = []
  while (reader.text[reader.at] !== ')') {
    types.push(readType(reader, variables))
    while (reader.text[reader.at] === ',' || reader.text[reader.at] === ' ') reader.at++
  }
  reader.at++
  return types
}

function readType(reader: TypeReader, variables: Set<string>): CelType {
  const name = /^[A-Za-z_.0-9]+/.exec(reader.text.slice(reader.at))?.[0] ?? ''
  reader.at += name.length
  const params = reader.text[reader.at] === '(' ? (reader.at++, readTypes(reader, variables)) : []
  return makeType(name, params, variables)
}

const SIMPLE = ['dyn', 'null', 'bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const
const OPAQUE: Readonly<Record<string, string>> = { ip: 'net.IP', cidr: 'net.CIDR' }
const STRUCTS: Readonly<Record<string, string>> = {
  url: 'kubernetes.URL', quantity: 'kubernetes.Quantity', format: 'kubernetes.NamedFormat', semver: 'kubernetes.Semver',
  authorizer: 'kubernetes.authorization.Authorizer', pathcheck: 'kubernetes.authorization.PathCheck', groupcheck: 'kubernetes.authorization.GroupCheck',
  resourcecheck: 'kubernetes.authorization.ResourceCheck', decision: 'kubernetes.authorization.Decision',
}

function makeType(name: string, params: readonly CelType[], variables: Set<string>): CelType {
  const [first = simpleType('dyn'), second = simpleType('dyn')] = params
  const simple = SIMPLE.find((kind) => kind === name)
  if (simple) return simpleType(simple)
  if (name === 'list') return listOf(first)
  if (name === 'map') return mapOf(first, second)
  if (name === 'optional') return optionalOf(first)
  if (name === 'type') return { kind: 'type', of: params[0] }
  if (/^[A-Z]$/.test(name)) {
    variables.add(name)
    return { kind: 'param', name }
  }
  if (Object.hasOwn(OPAQUE, name)) return opaque(OPAQUE[name] ?? name)
  if (Object.hasOwn(STRUCTS, name)) return { kind: 'struct', name: STRUCTS[name] ?? name, fields: new Map() }
  throw new Error(`a table of signatures names the unknown type ${name}`)
}
