import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { difference, readExpected, runSuite } from '../wire/run.js'
import { SUITES } from '../wire/suites.js'

let plane: ControlPlane

beforeAll(async () => { plane = await startControlPlane({ inMemory: true }) })
afterAll(async () => { await plane.close() })

describe('the embedded control plane answers as kube-apiserver did', () => {
  it.concurrent.each(SUITES.map((suite) => [suite.name, suite] as const))('%s', async (_, suite) => {
    const answers = await runSuite(plane, suite)
    const { got, wanted } = difference(answers, readExpected(suite))
    expect(got).toEqual(wanted)
  })

  it('with at least 400 requests', () => {
    expect(SUITES.reduce((sum, suite) => sum + suite.steps.length, 0)).toBeGreaterThanOrEqual(400)
  })
})
