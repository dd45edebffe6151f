import { readDuration } from '@oasgen/wire'

/**
 * Flags of the in-cluster programs, as Go's flag package reads them: `-name=x`, `--name x`, `-switch`; the environment
 * variable gives the default, the flag wins. Unknown flags and values that cannot be read are problems, all of them at once.
 */
export interface FlagSpec {
  readonly type: 'string' | 'integer' | 'boolean' | 'duration'
  /** Written as on the command line: `3m`, `5`, `false`. */
  readonly default: string
  readonly env?: string
  readonly help: string
}

export type FlagValues<S extends Readonly<Record<string, FlagSpec>>> = {
  readonly [N in keyof S]: S[N]['type'] extends 'string' ? string : S[N]['type'] extends 'boolean' ? boolean : number
}

export interface ReadFlags<S extends Readonly<Record<string, FlagSpec>>> {
  readonly values: FlagValues<S>
  readonly problems: readonly string[]
  readonly help: boolean
}

export interface FlagInput {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Durations come out in seconds, integers as numbers. */
export function readFlags<S extends Readonly<Record<string, FlagSpec>>>(specs: S, input: FlagInput): ReadFlags<S> {
  const given = splitArguments(specs, input.args)
  const problems = [...given.problems]
  const values: Record<string, string | number | boolean> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const text = given.texts.get(name) ?? fromEnvironment(spec, input.env) ?? spec.default
    const value = readValue(spec, text)
    if (value === undefined) problems.push(`-${name}: "${text}" is no ${spec.type}`)
    values[name] = value ?? readValue(spec, spec.default) ?? ''
  }
  return { values: values as FlagValues<S>, problems, help: given.help }
}

export function describeFlags(specs: Readonly<Record<string, FlagSpec>>): string {
  return Object.entries(specs)
    .map(([name, spec]) => `  -${name} ${spec.type}${spec.env === undefined ? '' : ` (env ${spec.env})`}\n      ${spec.help} (default ${spec.default === '' ? 'none' : spec.default})`)
    .join('\n')
}

function readSeconds(text: string): number | undefined {
  const milliseconds = readDuration(text)
  return milliseconds === undefined ? undefined : milliseconds / 1000
}

interface SplitArguments {
  readonly texts: Map<string, string>
  readonly problems: string[]
  readonly help: boolean
}

function splitArguments(specs: Readonly<Record<string, FlagSpec>>, args: readonly string[]): SplitArguments {
  const split: SplitArguments & { help: boolean } = { texts: new Map(), problems: [], help: false }
  for (let index = 0; index < args.length; index++) {
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(args[index] ?? '')
    const name = match?.[1] ?? ''
    if (name === 'help' || name === 'h') split.help = true
    else if (!Object.hasOwn(specs, name)) split.problems.push(`unknown argument ${args[index]}`)
    else if (match?.[2] !== undefined) split.texts.set(name, match[2])
    else if (specs[name]?.type === 'boolean') split.texts.set(name, 'true')
    else if (args[index + 1] === undefined) split.problems.push(`-${name} needs a value`)
    else split.texts.set(name, args[++index] ?? '')
  }
  return split
}

function fromEnvironment(spec: FlagSpec, env: FlagInput['env']): string | undefined {
  const text = spec.env === undefined ? undefined : env[spec.env]
  return text === '' ? undefined : text
}

function readValue(spec: FlagSpec, text: string): string | number | boolean | undefined {
  switch (spec.type) {
    case 'string': return text
    case 'boolean': return BOOLEANS[text.toLowerCase()]
    case 'integer': return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
    case 'duration': return readSeconds(text)
  }
}
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, t: true, 1: true, false: false, f: false, 0: false }
