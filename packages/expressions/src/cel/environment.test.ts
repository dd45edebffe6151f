import { Sealed, type JsonValue } from '@oasgen/json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CEL_BUDGET, compileCel, type CelBindings } from './environment.js'

function run(source: string, bindings: CelBindings = {}, budget?: number): { readonly value?: JsonValue | undefined; readonly problem?: string; readonly reason?: string } {
  const { value: program, findings } = compileCel(source)
  if (program === undefined) return { problem: findings.map(({ message }) => message).join('; '), reason: 'compile' }
  const result = program.run(bindings, budget)
  return result.ok ? { value: result.value } : { problem: result.message, reason: result.reason }
}

type Row = readonly [source: string, expected: JsonValue, reason: string]

/** The reason in front of what is expected, which test names cannot print. */
function rows(table: readonly Row[]): readonly (readonly [string, string, JsonValue])[] {
  return table.map(([source, expected, reason]) => [source, reason, expected])
}

const SELF: JsonValue = { spec: { name: 'a', size: 3, tags: ['x', 'y'], labels: { a: '1' }, nothing: null, ratio: 0.5 }, status: { id: '7' } }

describe('values', () => {
  it.each(rows([
    ['1 + 2 * 3', 7, 'precedence'],
    ['-7 / 2', -3, 'integers are cut towards zero'],
    ['-7 % 2', -1, 'the sign of the dividend'],
    ['7.0 / 2.0', 3.5, 'decimals'],
    ['self.spec.size + 1', 4, 'a number of JSON is an integer where it is whole'],
    ['self.spec.size == 3.0', true, 'numbers compare by value across types'],
    ['self.spec.ratio * 2.0', 1, 'a decimal of JSON'],
    ['9223372036854775807', 9_223_372_036_854_775_807n, 'the largest integer, exactly'],
    ['int("9007199254740993") + 0', 9_007_199_254_740_993n, 'beyond what a double holds'],
    ['"a" + "b"', 'ab', 'texts'],
    ['size("héllo😀")', 6, 'characters, not bytes'],
    ['"abc".startsWith("ab") && "abc".endsWith("c") && "abc".contains("b")', true, 'parts of texts'],
    ['"a,b".split(",")', ['a', 'b'], 'the library of Kubernetes'],
    ['["b","a"].join("-")', 'b-a', 'lists of texts'],
    ['"AbC".lowerAscii()', 'abc', 'case'],
    ['"x=%d".format([3])', 'x=3', 'formatting'],
    ['"aXbX".replace("X", "")', 'ab', 'every occurrence'],
    ['"a#b".replace("#", "")', 'ab', 'the normalizer of the manual'],
    ['"v12".matches("^v[0-9]+$")', true, 'regular expressions are RE2'],
    ['"a1b22".findAll("[0-9]+")', ['1', '22'], 'all matches'],
    ['[1, 2, 3].sum()', 6, 'lists of numbers'],
    ['[3, 1].isSorted()', false, 'order'],
    ['{"a": 1}.a', 1, 'maps by member'],
    ['{"a-b": 1}["a-b"]', 1, 'maps by name'],
    ['"a" in {"a": 1}', true, 'names of a map'],
    ['3 in [1, 2, 3]', true, 'elements of a list'],
    ['self.spec.tags[1]', 'y', 'elements by index'],
    ['self.spec.nothing == null', true, 'null is a value'],
    ['duration("1h30m") > duration("80m")', true, 'durations'],
    ['timestamp("2026-01-01T00:00:00Z") + duration("1h") == timestamp("2026-01-01T01:00:00Z")', true, 'timestamps'],
    ['now < timestamp("2026-01-02T00:00:00Z")', true, 'the instant is handed in'],
    ['timestamp("2026-03-04T05:06:07Z").getFullYear()', 2026, 'parts of timestamps'],
    ['quantity("1500m").isGreaterThan(quantity("1"))', true, 'quantities of Kubernetes'],
    ['url("https://a.example:8080/x?y=1").getPort()', '8080', 'addresses'],
    ['ip("10.0.0.1").family()', 4, 'IP addresses'],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true, 'networks'],
    ['string(self.spec.size)', '3', 'conversion to text'],
    ['int("42") + 1', 43, 'conversion to a number'],
    ['type(1) == int', true, 'types are values'],
    ['b"abc" == bytes("abc")', true, 'bytes'],
    ['optional.of(1).orValue(2)', 1, 'optionals'],
    ['self.spec.?missing.orValue("none")', 'none', 'an absent field without an error'],
  ]))('%s: %s', (source, _, expected) => {
    expect(run(source, { self: SELF, now: Date.UTC(2026, 0, 1) })).toEqual({ value: expected })
  })
})

describe('macros', () => {
  it.each(rows([
    ['has(self.spec.name)', true, 'a field that is there'],
    ['has(self.spec.missing)', false, 'one that is not'],
    ['has(observed.id)', false, 'a name without value has no fields'],
    ['self.spec.tags.all(t, t.size() == 1)', true, 'all'],
    ['self.spec.tags.exists(t, t == "y")', true, 'some'],
    ['self.spec.tags.exists_one(t, t == "y")', true, 'one'],
    ['self.spec.tags.map(t, {"id": t})', [{ id: 'x' }, { id: 'y' }], 'another list'],
    ['self.spec.tags.map(t, t != "x", t + "!")', ['y!'], 'another list of some'],
    ['self.spec.tags.filter(t, t > "x")', ['y'], 'some'],
    ['self.spec.labels.all(k, v, v == "1")', true, 'names and values'],
    ['true || (1 / 0 > 0)', true, 'an error beside a true does not matter'],
    ['(1 / 0 > 0) || true', true, 'on either side'],
    ['self.spec.size > 2 ? "big" : "small"', 'big', 'a choice'],
  ]))('%s: %s', (source, _, expected) => {
    expect(run(source, { self: SELF })).toEqual({ value: expected })
  })
})

describe('the one environment', () => {
  const observed: JsonValue = { id: '7', tags: ['y', 'z'] }

  it.each<readonly [string, CelBindings, JsonValue, string]>([
    ['added("spec.tags")', { self: SELF, observed }, ['x'], 'wanted and not there'],
    ['removed("spec.tags")', { self: SELF, observed }, ['z'], 'there and not wanted'],
    ['added("spec.none")', { self: SELF, observed }, [], 'neither has it'],
    ['added("spec.labels")', { self: SELF, observed }, ['a'], 'members of maps by name'],
    ['response.status == 200 && response.body.ok', { response: { status: 200, headers: {}, body: { ok: true } } }, true, 'an answer'],
    ['response.headers["x-id"]', { response: { status: 200, headers: { 'x-id': '5' }, body: null } }, '5', 'a header'],
    ['steps.find.body.id', { steps: { find: { status: 200, body: { id: 3 } } } }, 3, 'an earlier step'],
    ['item.name + "/" + self.spec.name', { self: SELF, item: { name: 'i' } }, 'i/a', 'an element of forEach'],
    ['observed == null', {}, true, 'nothing was read'],
    ['value.replace("#", "")', { value: '#1' }, '1', 'what is normalised'],
  ])('%s', (source, bindings, expected) => {
    expect(run(source, bindings)).toEqual({ value: expected })
  })

  it('says which names an expression uses, so that a read is forced only where it is needed', () => {
    expect([...(compileCel('observed.a == self.b').value?.uses ?? [])].toSorted()).toEqual(['observed', 'self'])
  })

  it.each([
    ['foo + 1', 'undeclared reference to \'foo\'', 'there is no such name'],
    ['self.spec.', 'Syntax error', 'half an expression'],
    ['1 + "a"', 'no matching overload', 'types that do not go together'],
    ['getenv("HOME")', 'undeclared reference to \'getenv\'', 'there is no way out of the evaluation'],
    ['now()', 'undeclared reference to \'now\'', 'there is no clock'],
    ['"a".matches("(")', '', 'a pattern that is none'],
  ])('%s does not compile', (source, message) => {
    const { value, findings } = compileCel(source)
    if (message === '') return expect(value === undefined || value.run({}).ok === false).toBe(true)
    expect({ value, messages: findings.map((found) => found.message).join() }).toEqual({ value: undefined, messages: expect.stringContaining(message) as string })
    return undefined
  })

  it('cites line and column of what is wrong', () => {
    const [found] = compileCel('self.a == 1 &&\n  foo').findings
    expect(found).toMatchObject({ code: 'EXP0101', message: expect.stringMatching(/line 2, column 3|2:3/) as string })
  })

  it('refuses names that mean nothing at a place', () => {
    expect(compileCel('response.status == 200', { variables: ['self'] }).findings).toMatchObject([{ code: 'EXP0101' }])
  })

  it('refuses a result of the wrong type before anything runs', () => {
    expect(compileCel('1 + 1', { result: 'bool' }).findings).toMatchObject([{ code: 'EXP0102' }])
    expect(compileCel('self.a', { result: 'bool' }).findings).toEqual([])
  })
})

describe('what goes wrong while it runs', () => {
  it.each([
    ['1 / (self.spec.size - 3)', 'division by zero', 'a division'],
    ['9223372036854775807 + self.spec.size', 'overflow', 'integers do not wrap'],
    ['self.spec.missing', 'no such key', 'an absent field'],
    ['self.spec.tags[9]', 'index out of bounds', 'behind the end of a list'],
    ['self.spec.name + self.spec.size', 'no such overload', 'a text and a number'],
    ['int(self.spec.name)', 'invalid', 'no number'],
    ['timestamp(self.spec.name)', '', 'no time'],
  ])('%s is a finding', (source, problem) => {
    const result = run(source, { self: SELF })
    expect(result.reason).toBe('failed')
    expect(result.problem).toContain(problem)
  })

  it('ends when the budget is spent, and says so', () => {
    const list = Array.from({ length: 500 }, (_, at) => at)
    expect(run('self.all(a, self.all(b, self.all(c, a + b + c >= 0)))', { self: list })).toMatchObject({ reason: 'budget' })
    expect(run('self.map(a, a + 1)', { self: list }, 10)).toMatchObject({ reason: 'budget', problem: expect.stringContaining('10 units') as string })
    expect(CEL_BUDGET).toBe(1_000_000)
  })

  it('costs the same in every run', () => {
    const program = compileCel('self.spec.tags.map(t, t + "x").join(",")').value
    expect(program?.run({ self: SELF })).toEqual(program?.run({ self: SELF }))
  })
})

describe('secrets', () => {
  const secret = new Sealed({ namespace: 'n', name: 's', key: 'k' })
  const self: JsonValue = { spec: { password: secret, user: 'u' } }

  it('pass through', () => {
    expect(run('self.spec.password', { self })).toEqual({ value: secret })
    expect(run('{"p": self.spec.password, "u": self.spec.user}', { self })).toEqual({ value: { p: secret, u: 'u' } })
  })

  it.each(['self.spec.password + "x"', 'self.spec.password == "a"', 'size(self.spec.password) > 3', 'string(self.spec.password)', 'self.spec.password.startsWith("a")'])('%s reads one, which is refused', (source) => {
    const result = run(source, { self })
    expect(result.value).toBeUndefined()
    expect(['sealed', 'failed', 'compile']).toContain(result.reason)
    expect(result.problem ?? '').not.toContain('k8s')
  })
})

describe('any text', () => {
  it('compiles or says why not, and never throws', () => {
    const words = fc.constantFrom('self', '.', 'a', '[', ']', '{', '}', '(', ')', '?', ':', ',', '"x"', '1', '2.5', 'has', 'all', 'map', '==', '&&', '||', '!', '-', '+', 'in', 'null', 'true', '.?', 'optional.of', 'size', ' ')
    fc.assert(fc.property(fc.array(words, { maxLength: 16 }), (parts) => {
      const { value: program, findings } = compileCel(parts.join(''))
      expect(program === undefined).toBe(findings.length > 0)
      program?.run({ self: { a: [1, { a: 'x' }] } }, 2000)
    }), { numRuns: 800 })
    fc.assert(fc.property(fc.string(), (text) => { compileCel(text) }), { numRuns: 300 })
  })

  it('of JSON comes through as it went in', () => {
    fc.assert(fc.property(fc.jsonValue(), (plain) => {
      const { value } = run('self', { self: plain as JsonValue })
      expect(JSON.stringify(value)).toBe(JSON.stringify(plain))
    }), { numRuns: 200 })
  })
})
