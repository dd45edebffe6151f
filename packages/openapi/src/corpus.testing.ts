import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Real documents, where they are at hand. */
export const SHARED = process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const CORPUS = join(SHARED, 'corpus')

export const hasCorpus = existsSync(CORPUS)

export interface CorpusDocument {
  /** `stripe/spec3.yaml.gz` */
  readonly name: string
  readonly bytes: () => Uint8Array
}

export function corpusDocuments(): readonly CorpusDocument[] {
  if (!hasCorpus) return []
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((folder) => readdirSync(join(CORPUS, folder.name)).map((file) => `${folder.name}/${file}`))
    .sort()
    .map((name) => ({ name, bytes: () => gunzipSync(readFileSync(join(CORPUS, name))) }))
}

type Call = readonly [method: string, path: string]

interface Candidate {
  readonly file: string
  readonly create: Call | null
  readonly get: Call | null
  readonly delete: Call | null
  readonly list: Call | null
  readonly update: readonly Call[]
}

/** The operations of the candidate resources of one document. */
export function candidateCalls(name: string): readonly Call[] {
  const candidates = JSON.parse(readFileSync(join(CORPUS, 'candidates.json'), 'utf8')) as readonly Candidate[]
  return candidates
    .filter(({ file }) => file === name)
    .flatMap((candidate) => [candidate.create, candidate.get, candidate.delete, candidate.list, ...candidate.update])
    .filter((call) => call !== null)
}
