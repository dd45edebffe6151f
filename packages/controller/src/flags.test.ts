import { describe, expect, it } from 'vitest'
import { readFlags, type FlagSpec } from './flags.js'

const specs = {
  group: { type: 'string', default: '', env: 'X_GROUP', help: 'API group' },
  workers: { type: 'integer', default: '5', env: 'X_WORKERS', help: 'how many' },
  debug: { type: 'boolean', default: 'false', help: 'more logs' },
  'resync-interval': { type: 'duration', default: '3m', help: 'how often' },
} as const satisfies Record<string, FlagSpec>

const defaults = { group: '', workers: 5, debug: false, 'resync-interval': 180 }

describe('readFlags', () => {
  const rows = [
    { reason: 'nothing given', args: [], env: {}, want: {} },
    { reason: 'one dash and equals, as the deployment templates of the reference write it', args: ['-group=a.b'], env: {}, want: { group: 'a.b' } },
    { reason: 'two dashes and a space', args: ['--workers', '9'], env: {}, want: { workers: 9 } },
    { reason: 'a switch without value', args: ['--debug', '-group=x'], env: {}, want: { debug: true, group: 'x' } },
    { reason: 'environment gives the default', args: [], env: { X_WORKERS: '2' }, want: { workers: 2 } },
    { reason: 'the flag wins over the environment', args: ['-workers=3'], env: { X_WORKERS: '2' }, want: { workers: 3 } },
    { reason: 'an empty variable is none', args: [], env: { X_WORKERS: '' }, want: {} },
    { reason: 'durations as Go writes them', args: ['-resync-interval=1m30s'], env: {}, want: { 'resync-interval': 90 } },
  ]
  it.each(rows)('$reason', ({ args, env, want }) => {
    expect(readFlags(specs, { args, env })).toEqual({ values: { ...defaults, ...want }, problems: [], help: false })
  })

  it('reports all problems at once', () => {
    expect(readFlags(specs, { args: ['-workers=many', '--frob', '-group'], env: {} }).problems).toEqual([
      'unknown argument --frob', '-group needs a value', '-workers: "many" is no integer',
    ])
  })
})

describe('durations', () => {
  it.each([['90s', 90], ['1h30m', 5400], ['500ms', 0.5], ['0', 0], ['1.5h', 5400], ['7d', 604_800]])('%s', (text, want) => {
    expect(readFlags(specs, { args: [`-resync-interval=${text}`], env: {} })).toMatchObject({ values: { 'resync-interval': want }, problems: [] })
  })

  it.each(['1', '5x', '-5s'])('%s is none', (text) => {
    expect(readFlags(specs, { args: [`-resync-interval=${text}`], env: {} }).problems).toEqual([`-resync-interval: "${text}" is no duration`])
  })
})
