import type { JsonValue } from '@oasgen/json'
import { load } from 'js-yaml'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { printYaml } from './yaml.js'

const VALUES: readonly JsonValue[] = [
  null, true, 0, -1.5, '', ' ', 'a', 'yes', 'No', 'on', 'y', 'null', '~', '1', '0x1', '1e3', '.5', '.inf', '2026-01-01', '12:30', '- a', 'a: b', 'a #b', '#a', '[a', '{a', '*a', '&a', '!a', '|', '>', '%a', '@a', '`a', "it's", '"q"',
  'two\nlines', 'ends\n', '\nstarts', 'trailing \nspace', 'tab\tinside', 'three\n\n', 'unicode é ü 中', 'emoji 🙂', 'control \u0007', '\u2028', '^(a|b)\\d+$', 'configmap://a/b', ".status.conditions[?(@.type=='Ready')].status",
  [], {}, [[]], [[1, [2]], {}], { a: [], b: {}, c: [{ d: 1, e: [2] }] }, { 'a b': 1, 'yes': 2, '1': 3, '': 4, 'x:': 5, '- ': 6 }, [{ a: 'x\ny' }, 'x\ny'],
]

describe('printed YAML', () => {
  it.each(VALUES.map((value) => [JSON.stringify(value), value] as const))('%s is the same value for every reader', (_, value) => {
    const text = printYaml({ value })
    expect(parse(text)).toEqual({ value })
    expect(load(text)).toEqual({ value })
  })

  it('keeps whole numbers beyond 2^53', () => {
    expect(printYaml({ a: 9007199254740993n })).toBe('a: 9007199254740993\n')
  })
})
