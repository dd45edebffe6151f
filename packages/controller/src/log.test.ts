import { Decimal, MASK, Sealed } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { createLogger, type LogFields, type LoggerOptions } from './log.js'

function lines(options: LoggerOptions, write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const out: string[] = []
  write(createLogger({ wall: () => 0, write: (line) => out.push(line), ...options }))
  return out
}

const only = (fields: LogFields): unknown => {
  const { time: _time, level: _level, msg: _msg, ...rest } = JSON.parse(lines({}, (log) => log.info('m', fields))[0] ?? '') as Record<string, unknown>
  return rest
}

describe('lines', () => {
  it('are one JSON object each, with a constant message and facts beside it', () => {
    expect(lines({}, (log) => log.child({ traceId: 't' }).warn('conflict', { key: 'default/a', attempt: 3 }))).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"warn","msg":"conflict","traceId":"t","key":"default/a","attempt":3}\n',
    ])
  })

  it('are readable in a terminal', () => {
    expect(lines({ format: 'text' }, (log) => log.info('created', { key: 'default/a', body: { a: 1 }, empty: '' }))).toEqual([
      '00:00:00.000 info  created key=default/a body={"a":1} empty=""\n',
    ])
  })

  it('below the level are not written, and the level can change at run time for children too', () => {
    expect(lines({ level: 'warn' }, (log) => {
      const child = log.child({ a: 1 })
      child.info('no')
      log.setLevel('debug')
      if (child.isOn('debug')) child.debug('yes')
    }).map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['yes'])
  })

  it('keep their own three members', () => {
    expect(only({ level: 'x', msg: 'y' })).toEqual({ level_: 'x', msg_: 'y' })
  })
})

describe('values', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  it.each<{ name: string; reason: string; fields: LogFields; want: unknown }>([
    { name: 'a sealed leaf', reason: 'a secret is never printed', fields: { value: new Sealed({ namespace: 'n', name: 's', key: 'k' }) }, want: { value: MASK } },
    { name: 'secret names', reason: 'somebody will log a whole object one day', fields: { a: { password: 'x', nested: { apiKey: 'y' } } }, want: { a: { password: MASK, nested: { apiKey: MASK } } } },
    { name: 'a header', reason: 'authorization is a secret', fields: { authorization: 'Bearer x' }, want: { authorization: MASK } },
    { name: 'the key of an object', reason: 'is no secret', fields: { key: 'default/a' }, want: { key: 'default/a' } },
    { name: 'nothing', reason: 'undefined facts are left out', fields: { a: undefined, b: null }, want: { b: null } },
    { name: 'no numbers', reason: 'NaN is no JSON', fields: { a: Number.NaN }, want: { a: 'NaN' } },
    { name: 'a cycle', reason: 'the depth is bounded', fields: { cycle }, want: { cycle: expect.anything() as unknown } },
    { name: 'a broken date', reason: 'logging never throws', fields: { at: new Date(Number.NaN) }, want: { at: 'invalid date' } },
  ])('$name: $reason', (row) => {
    expect(only(row.fields)).toEqual(row.want)
  })

  it('numbers are exact', () => {
    expect(lines({}, (log) => log.info('m', { id: 9007199254740993n, price: new Decimal('1.10') }))[0]).toContain('"id":9007199254740993,"price":1.10')
  })

  it('errors keep message, code and cause, and a short stack', () => {
    const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'E1' })
    expect(only({ error })).toMatchObject({ error: { name: 'Error', message: 'outer', code: 'E1', cause: { message: 'inner' }, stack: expect.any(Array) as unknown } })
  })

  it('long texts and long lists are cut', () => {
    const [line = ''] = lines({}, (log) => log.info('m', { text: 'x'.repeat(100_000), list: Array.from({ length: 1000 }, () => 1) }))
    expect(line.length).toBeLessThan(10_000)
  })
})
