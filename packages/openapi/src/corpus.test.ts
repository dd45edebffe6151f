import { hasErrors } from '@oasgen/diagnostics'
import { afterAll, describe, expect, it } from 'vitest'
import { candidateCalls, corpusDocuments, hasCorpus } from './corpus.testing.js'
import { findOperation, linkDocument, operationSchemas, reachableSchemas, readDocument, type Schema } from './index.js'

/** Errors that are in the documents themselves. Everything else that reads as an error is ours. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // `offlineAttributes` is referred to and not defined.
  'docusign/esignature.rest.swagger-v2.1.json.gz': [
    'OAS0201 /definitions/notaryRecipient/properties/offlineAttributes/$ref', 'OAS0201 /definitions/witness/properties/offlineAttributes/$ref',
  ],
}

describe.skipIf(!hasCorpus)(`the corpus of real documents (${hasCorpus ? 30 : 'not run: 30 documents, folder absent'})`, () => {
  const linkedOf = new Map<string, number>()
  afterAll(() => {
    const operations = [...linkedOf.values()].reduce((sum, count) => sum + count, 0)
    process.stdout.write(`${linkedOf.size} of 30 real documents load, ${operations} operations of their candidate resources link\n`)
  })

  it('is whole', () => {
    expect(corpusDocuments()).toHaveLength(30)
  })

  it.each(corpusDocuments().map((document) => [document.name, document] as const))('%s loads, and its candidate operations link', (name, document) => {
    const read = readDocument(document.bytes(), { uri: `https://example.com/${name}` })
    expect(read.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const linked = linkDocument(read.value!)
    const starts: Schema[] = []
    const calls = candidateCalls(name)
    for (const [method, path] of calls) {
      const { value, findings } = findOperation(linked, path, method)
      expect(hasErrors(findings), `${method} ${path}`).toBe(false)
      starts.push(...operationSchemas(value!))
    }
    const errors = [...reachableSchemas(starts)].flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))
    expect(errors.map(({ code, where }) => `${code} ${where?.kind === 'document' ? where.pointer : ''}`)).toEqual(KNOWN[name] ?? [])
    linkedOf.set(name, calls.length)
  })
})
