import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Case {
  readonly name: string
}
interface Kind {
  readonly kind: string
  readonly groups: readonly { readonly group: string; readonly cases: readonly Case[] }[]
}
interface Runner {
  readonly readCases: (folder: string) => readonly Kind[]
  readonly adapterOf: (kind: string) => Promise<object | undefined>
  readonly judge: (adapter: object, group: string, given: Case, folder: string) => Promise<{ readonly got: unknown; readonly want: unknown }>
}

const runner = (await import(new URL('../../scripts/cases.mjs', import.meta.url).href)) as Runner
const folder = resolve(process.env['OASGEN_SHARED'] ?? new URL('../../../shared', import.meta.url).pathname, 'peer-cases')

/** These start the provider against a control plane, so they belong to the integration lane. */
const IN_A_CLUSTER: readonly string[] = ['deployed-objects: objects', 'lifecycle: restdefinition']

export function peerCasesSuite(where: 'in a cluster' | 'without a cluster'): void {
  describe(`cases of the reference, ${where}`, () => {
    if (!existsSync(folder)) return it.skip(`${where === 'in a cluster' ? 13 : 528} cases (not run: folder absent)`, () => undefined)
    for (const { kind, groups } of runner.readCases(folder)) {
      for (const { group, cases } of groups.filter((each) => IN_A_CLUSTER.includes(`${kind}: ${each.group}`) === (where === 'in a cluster'))) {
        it(`${kind}: ${group} (${cases.length})`, async (context) => {
          const adapter = await runner.adapterOf(kind)
          if (adapter === undefined) return context.skip(`not run: there is no adapter for ${kind}`)
          for (const given of cases) {
            const { got, want } = await runner.judge(adapter, group, given, folder)
            expect({ case: given.name, answer: got }).toEqual({ case: given.name, answer: want })
          }
          return undefined
        })
      }
    }
    return undefined
  })
}
