// Runs language-neutral behaviour cases against the product: `npm run cases -- <folder>`. A file `<kind>.json` is judged by the
// adapter `scripts/cases/<kind>.mjs`, which drives the real functions. Needs a build.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { equal } from './cases/equal.mjs'

/** Where `better` is given it is what we answer instead; an adapter may read what a note says where there is none. */
export function wanted(given, group, adapter = {}) {
  if (Object.hasOwn(given, 'better')) return given.better
  return adapter.wanted === undefined ? given.expected : adapter.wanted(given, group)
}

/** One case: an adapter gives what the product answers, in the shape of what is wanted. */
export async function judge(adapter, group, given, folder) {
  const comparable = adapter.comparable ?? ((value) => value)
  const want = comparable(wanted(given, group, adapter))
  try {
    const got = comparable(await adapter.answer({ group, name: given.name, input: given.input, want: wanted(given, group, adapter), folder }))
    return { passed: equal(got, want), got, want }
  } catch (error) {
    return { passed: false, got: String(error?.stack ?? error).slice(0, 600), want }
  }
}

export function readCases(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted().map((name) => ({ kind: name.replace(/\.json$/, ''), ...JSON.parse(readFileSync(join(folder, name), 'utf8')) }))
}

export async function adapterOf(kind) {
  const path = new URL(`./cases/${kind}.mjs`, import.meta.url)
  if (!existsSync(path)) return undefined
  return import(path.href).catch((error) => ({ answer: () => { throw error } }))
}

async function main(folder) {
  if (!existsSync(folder)) return console.log(`not run: ${folder} is absent`), 0
  let [passed, failed, without] = [0, 0, 0]
  for (const { kind, groups } of readCases(folder)) {
    const adapter = await adapterOf(kind)
    for (const { group, cases } of groups) {
      for (const given of cases) {
        if (adapter === undefined) { without += 1; continue }
        const verdict = await judge(adapter, group, given, folder)
        if (verdict.passed) passed += 1
        else {
          failed += 1
          console.log(`FAILED ${kind} › ${group} › ${given.name}\n  wanted ${JSON.stringify(verdict.want)}\n  got    ${typeof verdict.got === 'string' ? verdict.got : JSON.stringify(verdict.got)}`)
        }
      }
    }
    if (adapter === undefined) console.log(`not run: there is no adapter scripts/cases/${kind}.mjs`)
  }
  console.log(`${passed} passed, ${failed} failed${without > 0 ? `, ${without} not run` : ''}`)
  return failed === 0 ? 0 : 1
}

if (import.meta.url === `file://${process.argv[1]}`) process.exit(await main(resolve(process.argv[2] ?? '../shared/peer-cases')))
