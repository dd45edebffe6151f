import { describe, expect, it } from 'vitest'
import { readFlags } from '@oasgen/controller'
import { CONTROLLER_FLAGS } from './flags.js'
import { servedFrom, settingsFrom } from './settings.js'

const read = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ReturnType<typeof readFlags<typeof CONTROLLER_FLAGS>> => readFlags(CONTROLLER_FLAGS, { args, env })
const NEEDED = ['-group=g', '-version=v1', '-resource=things', '-plan=ns/p']

describe('flags and environment', () => {
  it.each([
    ['debug', 'REST_CONTROLLER_DEBUG', 'true', true], ['pretty-json-debug', 'REST_CONTROLLER_PRETTY_JSON_DEBUG', 'true', true], ['workers', 'REST_CONTROLLER_WORKERS', '7', 7],
    ['resync-interval', 'REST_CONTROLLER_RESYNC_INTERVAL', '1m30s', 90], ['group', 'REST_CONTROLLER_GROUP', 'g', 'g'], ['version', 'REST_CONTROLLER_VERSION', 'v1', 'v1'],
    ['resource', 'REST_CONTROLLER_RESOURCE', 'r', 'r'], ['namespace', 'REST_CONTROLLER_NAMESPACE', 'n', 'n'], ['max-error-retry-interval', 'REST_CONTROLLER_MAX_ERROR_RETRY_INTERVAL', '2m', 120],
    ['min-error-retry-interval', 'REST_CONTROLLER_MIN_ERROR_RETRY_INTERVAL', '500ms', 0.5], ['max-error-retries', 'REST_CONTROLLER_MAX_ERROR_RETRIES', '9', 9],
    ['metrics-server-port', 'REST_CONTROLLER_METRICS_SERVER_PORT', '9090', 9090], ['kubeconfig', 'KUBECONFIG', '/k', '/k'],
  ] as const)('the reference\'s -%s and %s mean the same', (flag, variable, text, want) => {
    expect(read([`-${flag}=${text}`]).values[flag]).toEqual(want)
    expect(read([`--${flag}=${text}`]).values[flag]).toEqual(want)
    expect(read([], { [variable]: text }).values[flag]).toEqual(want)
  })

  it('keeps the reference\'s defaults of time', () => {
    expect(read([]).values).toMatchObject({ 'resync-interval': 180, 'max-error-retry-interval': 90, 'min-error-retry-interval': 1, 'metrics-server-port': 0, debug: false })
  })

  it.each([
    { name: 'nothing', reason: 'everything that is needed is named at once', args: [], problems: ['-group is needed', '-version is needed', '-resource is needed', '-plan is needed'] },
    { name: 'a Plan without namespace', reason: 'it would be looked for in the wrong place', args: [...NEEDED.slice(0, 3), '-plan=p'], problems: ['-plan: "p" is no namespace/name'] },
    { name: 'an unknown word', reason: 'a typing error must not mean the default', args: [...NEEDED, '-cross-namespace=dney'], problems: ['-cross-namespace: "dney" is not one of deny, warn, allow'] },
    { name: 'all that is needed', reason: 'it starts', args: NEEDED, problems: [] },
    { name: 'shared mode', reason: 'it needs no kind', args: ['-plans-in=ns'], problems: [] },
  ])('$name: $reason', ({ args, problems }) => {
    const served = servedFrom(read(args).values)
    expect(served.problems).toHaveLength(problems.length)
    problems.forEach((problem, at) => expect(served.problems[at]).toContain(problem))
  })

  it('gives what is served', () => {
    expect(servedFrom(read([...NEEDED, '-key=ns/k']).values).value).toEqual({ mode: 'dedicated', type: { group: 'g', version: 'v1', plural: 'things', kind: 'things', namespaced: true }, plan: { namespace: 'ns', name: 'p' }, key: { namespace: 'ns', name: 'k' } })
    expect(servedFrom(read(['-plans-in=ns']).values).value).toEqual({ mode: 'shared', namespace: 'ns', labelSelector: 'krateo.io/plan=shared' })
  })

  it('leaves policies that nobody named to the RestDefinition', () => {
    const extras = { identity: 'i', env: {} }
    expect(settingsFrom(read(NEEDED).values, extras).settings).not.toHaveProperty('drift')
    expect(settingsFrom(read([...NEEDED, '-drift-policy=report']).values, extras).settings).toHaveProperty('drift', 'report')
  })
})
