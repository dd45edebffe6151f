import { readFileSync } from 'node:fs'
import { MASK, Sealed, equalJson, readJson, type JsonValue } from '@oasgen/json'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JQ_BUDGET, compileJq } from '../index.js'

function value(text: string): JsonValue {
  const read = readJson(text)
  if (!read.ok) throw new Error(read.message)
  return read.value
}

function run(program: string, input: JsonValue = null, variables?: Record<string, JsonValue>) {
  const compiled = compileJq(program, { variables: Object.keys(variables ?? {}) })
  if (compiled.value === undefined) throw new Error(compiled.findings.map(({ message }) => message).join('\n'))
  return compiled.value.run(input, variables ? { variables } : {})
}

function outputs(program: string, input: JsonValue = null): readonly JsonValue[] {
  const result = run(program, input)
  if (!result.ok) throw new Error(result.message)
  return result.outputs
}

describe('jq gives what gojq gives', () => {
  const text = readFileSync(new URL('../../../../specs/jq/golden.json', import.meta.url), 'utf8')
  const rows = value(text) as unknown as readonly (readonly [program: string, input: JsonValue, outputs: readonly JsonValue[], end: 'ok' | 'failed'])[]

  it(`in ${rows.length} recorded runs`, () => {
    const different = rows.flatMap(([program, input, expected, end]) => {
      const result = run(program, input)
      const same = result.ok === (end === 'ok') && equalJson(result.outputs, expected)
      return same ? [] : [{ program, input, expected, result }]
    })
    expect(different).toEqual([])
  })
})

describe('what goes beyond jq, or is decided between its versions', () => {
  it.each([
    ['integers stay exact', '9007199254740993 * 3', '27021597764222979'],
    ['integers become doubles only when no double is large enough', '[limit(2; reduce range(11) as $i (10; . * .))]', '[1.7976931348623157e308]'],
    ['decimals that no double holds go through untouched', '[0.1000000000000000055511151231257827]', '[0.1000000000000000055511151231257827]'],
    ['members are visited by name', '{"b": 1, "a": 2} | [.[]], [keys_unsorted[]], tojson', ['[2,1]', '["a","b"]', '"{\\"a\\":2,\\"b\\":1}"']],
    ['names of emoji stand behind all others', '{"\\ud83d\\ude00": 1, "\\uffff": 2} | [.[]]', '[2,1]'],
    ['NaN and infinities end as JSON', '[nan, infinite, -infinite]', '[null,1.7976931348623157e308,-1.7976931348623157e308]'],
    ['a member named __proto__ is a member', '{"__proto__": 1} | .["__proto__"] += 1 | to_entries', '[{"key":"__proto__","value":2}]'],
    ['characters, not UTF-16 units, are counted', '"a😀b" | [length, .[1:2], (match("b").offset), index("b")]', '[3,"😀",2,2]'],
    ['a value may be a sum', '{a: 1 + 2 | . * 2, b: 1}', '{"a":6,"b":1}'],
    ['else may be left out', '[if false then 1 end, (if true then 1 end)]', '[null,1]'],
    ['? forgives one step', 'try (5 | .a.b?) catch "not that one"', '"not that one"'],
    ['errors downstream of try are not its own', 'try ((try 1 catch "inner") | error("outer")) catch .', '"outer"'],
    ['errors downstream of ?// are not its own', 'try ([[1]] | .[] as [$a] ?// $a | error("x")) catch .', '"x"'],
    ['labels of one name are told apart', '[label $a | 1, (label $a | 2, break $a, 3), 4, break $a, 5]', '[1,2,4]'],
    ['a closure sees the variables of where it was written', '1 as $x | def f(g): 2 as $x | g; f($x)', '1'],
    ['arguments by name run in their own scope', 'def f(a): def a: 9; [a]; def b: 1; f(b)', '[9]'],
    ['a later definition does not change an earlier use', 'def a: 1; def b: a; def a: 2; [a, b]', '[2,1]'],
    ['comments end with their line', '1 # one\n + 2 # two', '3'],
    ['keywords are names behind a point', '{"if": {"and": 1}} | .if.and', '1'],
    ['base32 both ways', '"héllo" | @base32, (@base32 | @base32d)', ['"NDB2S3DMN4======"', '"héllo"']],
    ['URIs both ways', '"a b/é" | @uri, (@uri | @urid)', ['"a%20b%2F%C3%A9"', '"a b/é"']],
    ['a program of definitions gives its input', 'def f: 1;', 'null'],
    ['a shell word is quoted', '"it\'s" | @sh', '"\'it\'\\\\\'\'s\'"'],
    ['dates of other zones', '"2015-03-05T23:51:47+02:00" | fromdate | todate', '"2015-03-05T21:51:47Z"'],
    ['dates carry over', '[2024, 13, 31, 25, 0, 0] | mktime | todate', '"2025-03-04T01:00:00Z"'],
    ['weeks of ISO 8601', '1609459200 | strftime("%G-W%V-%u")', '"2020-W53-5"'],
  ])('%s', (_, program, expected) => {
    expect(outputs(program)).toEqual([expected].flat().map(value))
  })

  it('knows the variables that it is given', () => {
    expect(run('[$a, $b, (1 as $a | $a)]', null, { a: 'x', b: [1] })).toMatchObject({ ok: true, outputs: [['x', [1], 1]] })
  })
})

describe('errors', () => {
  it.each([
    ['a member of a number', '.a', '5', 'Cannot index number with "a"'],
    ['items of null', '.[]', 'null', 'Cannot iterate over null (null)'],
    ['a sum of different types', '. + 1', '"a"', 'string ("a") and number (1) cannot be added'],
    ['a division by zero', '. / 0', '1', 'number (1) and number (0) cannot be divided because the divisor is zero'],
    ['keys of a text', 'keys', '"a"', 'string ("a") has no keys'],
    ['a pattern on a number', 'test("a")', '1', 'number (1) cannot be matched, as it is not a string'],
    ['a pattern that RE2 refuses', 'test("(?=a)")', '"a"', '(?=a) (at offset 0) is not a valid regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['a computed value as a path', 'path(tostring)', '1', 'Invalid path expression with result "1"'],
    ['an error of its own', 'error("own")', 'null', 'own'],
    ['an error that is no text', 'error({code: 1})', 'null', '{"code":1}'],
    ['long values are cut', '. - 1', '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', 'string ("aaaaaaaaaaaaaaaaaaaaaaaaaa...) and number (1) cannot be subtracted'],
    ['a key that is no text', '{(1): 2}', 'null', 'Cannot use number (1) as object key'],
    ['a slice set to no array', '.[0:1] = 1', '[1]', 'A slice of an array can only be assigned another array'],
  ])('%s', (_, program, input, message) => {
    expect(run(program, value(input))).toMatchObject({ ok: false, reason: 'failed', message })
  })

  it('keep what came out before', () => {
    expect(run('1, 2, error("x"), 3')).toMatchObject({ ok: false, outputs: [1, 2] })
  })
})

describe('programs that do not compile', () => {
  it.each([
    ['an open bracket', '[1, 2', 'EXP0201', 'at line 1, column 6: `]` is expected, and the program ends here'],
    ['an unknown function', '.a |\n  nope(1)', 'EXP0201', 'at line 2, column 3: there is no function nope/1'],
    ['an unknown variable', '$x', 'EXP0201', 'there is no variable $x'],
    ['a variable out of its scope', '(1 as $x | $x) | $x', 'EXP0201', 'column 18: there is no variable $x'],
    ['a break without label', 'break $x', 'EXP0201', 'there is no label $x around this break'],
    ['an unknown format', '@yaml', 'EXP0201', '@yaml is no format'],
    ['a bad escape', '"\\x"', 'EXP0201', '\\x is no escape of a text'],
    ['a text without end', '"abc', 'EXP0201', 'a text does not end'],
    ['a strange character', '1 ^ 2', 'EXP0201', 'unexpected character "^"'],
    ['two comparisons', '1 < 2 < 3', 'EXP0201', 'an operator or the end is expected, and `<` stands here'],
    ['modules', 'import "a" as a; 1', 'EXP0201', 'modules cannot be loaded'],
    ['the clock', 'now', 'EXP0202', 'uses now at line 1, column 1, which is not available'],
    ['further inputs', '[., input]', 'EXP0202', 'uses input at line 1, column 5'],
    ['the environment', '$ENV.HOME', 'EXP0202', 'uses $ENV'],
    ['output on the side', '.a | debug', 'EXP0202', 'uses debug'],
    ['its own place', '$__loc__', 'EXP0202', 'uses $__loc__'],
  ])('%s', (_, program, code, message) => {
    const { value: compiled, findings } = compileJq(program)
    expect(compiled).toBeUndefined()
    expect(findings).toMatchObject([{ code, message: expect.stringContaining(message) }])
  })

  it('may define themselves what is refused', () => {
    expect(outputs('def now: 1; now')).toEqual([1])
  })

  it('show the place', () => {
    expect(compileJq('.a |\n  .b ! .c').findings[0]?.help).toBe('  .b ! .c\n     ^')
  })

  it('do not nest without end', () => {
    expect(compileJq('['.repeat(5000) + ']'.repeat(5000)).findings[0]?.message).toContain('nests deeper than 200 levels')
  })
})

describe('no program takes more than its budget', () => {
  it.each([
    ['a loop', '[repeat(1)]', 'budget'],
    ['a function of itself', 'def f: f; f', 'budget'],
    ['arguments that nest with every level', 'def ack(m;n): if m==0 then n+1 elif n==0 then ack(m-1;1) else ack(m-1;ack(m;n-1)) end; ack(3;3)', 'budget'],
    ['a recursion that is deep behind a pipe', 'def f: if . > 1e6 then . else .+1|f end; 0|f', 'budget'],
    ['a long range', 'last(range(1e12))', 'budget'],
    ['all combinations', '[[range(100)] | [., ., ., .] | combinations] | length', 'budget'],
    ['a text that doubles', 'reduce range(64) as $i ("x"; . + .)', 'failed'],
    ['a text many times', '"abc" * 1e15', 'failed'],
    ['a far index', '.[1e9] = 1', 'failed'],
    ['a deep result', 'reduce range(5000) as $i (0; [.])', 'failed'],
    ['a number that squares', 'reduce range(100) as $i (3; . * .) | tostring | length', 'ok'],
    ['a pattern that backtracks elsewhere', '("a" * 200000) + "c" | test("(a*)*b")', 'ok'],
    ['many matches', '("a" * 200000) | [match("a"; "g")] | length', 'budget'],
    ['sorting', '[range(100000)] | sort_by(. * 7919 % 100003) | length', 'budget'],
  ])('%s', (_, program, end) => {
    const result = run(program)
    expect(result.ok ? 'ok' : result.reason).toBe(end)
    expect(result.steps).toBeLessThan(2 * JQ_BUDGET)
  })

  it('and steps do not depend on the run', () => {
    const program = compileJq('[.[] | select(. > 1) | tostring] | sort').value
    expect(program?.run([1, 2, 3]).steps).toBe(program?.run([1, 2, 3]).steps)
  })
})

describe('secrets', () => {
  const secret = new Sealed({ namespace: 'n', name: 's', key: 'k' })
  const input = { user: 'u', password: secret, list: [1, secret] }

  it.each([
    ['are handed on', '.password', [secret]],
    ['stand in what is built', '{a: .password, b: [.password]}', [{ a: secret, b: [secret] }]],
    ['move', '.auth.secret = .password | del(.password) | .auth', [{ secret }]],
    ['are leaves', '[..] | length', [6]],
    ['are true when they are texts', '.password // "none"', [secret]],
    ['may be dropped', 'del(.password, .list)', [{ user: 'u' }]],
    ['go through entries', 'to_entries | from_entries | .password', [secret]],
    ['are what null is added to', '.password + null', [secret]],
  ])('%s', (_, program, expected) => {
    expect(outputs(program, input)).toEqual(expected)
  })

  it.each([
    ['as texts', '.password | tostring'], ['in texts', '"x\\(.password)"'], ['in JSON', 'tojson'], ['compared', '.password == "a"'],
    ['compared inside', '.list == [1, 2]'], ['measured', '.password | length'], ['typed', '.password | type'], ['entered', '.password.a'],
    ['sorted', '.list | sort'], ['matched', '.password | test("a")'], ['encoded', '.password | @base64'], ['added', '.password + "a"'],
    ['joined', '.list | join(",")'], ['found', '.list | index(1)'], ['tried', 'try (.password | tostring) catch "hidden"'], ['grouped', '.list | unique'],
  ])('are not read: %s', (_, program) => {
    const result = run(program, input)
    expect(result).toMatchObject({ ok: false, reason: 'sealed' })
  })

  it('are masked in errors', () => {
    expect(run('{a: .password} | . - 1', input)).toMatchObject({ ok: false, message: `object ({"a":"${MASK}"}) and number (1) cannot be subtracted` })
  })

  it('that are read as JSON may be null, so they are not asked', () => {
    expect(run('.p // 1', { p: new Sealed({ namespace: 'n', name: 's', key: 'k' }, 'json') })).toMatchObject({ ok: false, reason: 'sealed' })
  })
})

describe('any text', () => {
  it('compiles or says why not, and never throws', () => {
    const words = fc.constantFrom('.', '..', '.a', '[', ']', '{', '}', '(', ')', '|', ',', ':', ';', '"', '\\(', '?', '//', '?//', 'as', '$x', 'def', 'f', 'if', 'then', 'else', 'end', 'try', 'catch', 'reduce', 'foreach', '1', '-', '+', '|=', 'label', 'break', '@base64', '#', ' ')
    fc.assert(fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
      const { value: program, findings } = compileJq(parts.join(' '))
      expect(program === undefined).toBe(findings.length > 0)
      program?.run({ a: [1] }, { budget: 2000 })
    }), { numRuns: 800 })
    fc.assert(fc.property(fc.string(), (text) => {
      compileJq(text)
    }), { numRuns: 300 })
  })

  it('of JSON comes through the identity, through text and through its stream', () => {
    fc.assert(fc.property(fc.jsonValue(), (plain) => {
      const input = plain as JsonValue
      expect(equalJson(outputs('., (tojson | fromjson), fromstream(tostream)', input), [input, input, input])).toBe(true)
    }), { numRuns: 150 })
  })
})
