import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { difference, readExpected, runSuite, writeExpected } from '../wire/run.js'
import { SUITES } from '../wire/suites.js'

let server: RealApiServer

beforeAll(async () => { server = await startRealApiServer() }, 1_800_000)
afterAll(async () => server?.close())

/** OASGEN_WIRE_RECORD=1 writes down what this server says, for the embedded one to be held against. */
const RECORD = process.env['OASGEN_WIRE_RECORD'] === '1'

describe('kube-apiserver still answers as recorded', () => {
  it.each(SUITES.map((suite) => [suite.name, suite] as const))('%s', async (_, suite) => {
    const answers = await runSuite(server, suite)
    if (RECORD) writeExpected(suite, answers)
    const { got, wanted } = difference(answers, readExpected(suite))
    expect(got).toEqual(wanted)
  }, 120_000)
})
