import { readNumber, type JsonValue } from '@oasgen/json'
import { Type } from 'js-yaml'

/**
 * A number whose text is not the one that the number prints as: `1.10`, `017`. As a key it is its text; as a value it is
 * replaced by the number when the document is finished, see `finishYaml`. The tag keeps the library from hiding it as a key.
 */
export class WrittenNumber {
  readonly text: string
  readonly value: JsonValue
  constructor(text: string, value: JsonValue) {
    this.text = text
    this.value = value
  }
  get [Symbol.toStringTag](): string {
    return 'WrittenNumber'
  }
  toString(): string {
    return this.text
  }
}

/**
 * Numbers of YAML's core schema, kept exactly as JSON would keep them. Written by hand because those of the library go through
 * a double. What JSON cannot hold (`.inf`, `.nan`) stays the text that it is.
 */
export const exactInteger = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && startsNumber(text) && INTEGER.test(text),
  construct: (text: string) => written(text, /^0[ox]/.test(text) ? safe(BigInt(text)) : readNumber(jsonForm(text))),
})

export const exactFloat = new Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && startsNumber(text) && FLOAT.test(text),
  construct: (text: string) => written(text, readNumber(jsonForm(text))),
})

const INTEGER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/** Nearly every scalar is a word, and a look at its first character is all that it costs. */
function startsNumber(text: string): boolean {
  const code = text.charCodeAt(0)
  return (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46
}

function written(text: string, value: JsonValue | undefined): JsonValue | WrittenNumber {
  if (value === undefined) return text
  return printsAs(value, text) ? value : new WrittenNumber(text, value)
}

/** A bigint is not printed to see it: that takes seconds for millions of digits. */
function printsAs(value: JsonValue, text: string): boolean {
  return typeof value === 'bigint' ? /^-?[1-9]\d*$/.test(text) : typeof value === 'number' && String(value) === text
}

function safe(value: bigint): JsonValue {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** `+017`, `.5` and `1.` are numbers of YAML only. */
function jsonForm(text: string): string {
  const [, sign = '', rest = ''] = /^([-+]?)0*(.*)$/.exec(text) ?? []
  const whole = /^\d/.test(rest) ? rest : `0${rest}`
  return (sign === '-' ? '-' : '') + whole.replace(/\.(?!\d)/, '')
}
