import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { story } from '../wire/differential.js'
import { difference, runSuite } from '../wire/run.js'

let real: RealApiServer
let plane: ControlPlane

beforeAll(async () => { [real, plane] = await Promise.all([startRealApiServer(), startControlPlane({ inMemory: true })]) }, 1_800_000)
afterAll(() => Promise.all([real?.close(), plane?.close()]))

/** Other numbers tell other stories: OASGEN_STORIES=1000 starts there. */
const FIRST = Number(process.env['OASGEN_STORIES'] ?? 1)
const SEEDS = Array.from({ length: 20 }, (_, index) => FIRST + index)

describe('the embedded control plane does to random objects what kube-apiserver does', () => {
  it.each(SEEDS)('story %i', async (seed) => {
    const [wanted, got] = await Promise.all([runSuite(real, story(seed)), runSuite(plane, story(seed))])
    const unlike = difference(got, wanted)
    // After the first difference the objects are different ones.
    expect(unlike.got[0]).toEqual(unlike.wanted[0])
  }, 120_000)
})
