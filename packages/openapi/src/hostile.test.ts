import { describe, expect, it } from 'vitest'
import { applyOverlays, linkDocument, operationSchemas, reachableSchemas, readDocument, readOverlay, reviewDocument } from './index.js'

const HEAD = 'openapi: 3.0.3\npaths: {}\n'
const times = (count: number, part: (index: number) => string, between = '\n'): string => Array.from({ length: count }, (_, index) => part(index)).join(between)
const api = (schemas: string): string =>
  `{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":{"200":{"description":"","content":{"a/b":{"schema":{"$ref":"#/components/schemas/s0"}}}}}}}},"components":{"schemas":{${schemas}}}}`

/**
 * Documents that were made to break a reader: by recursion, by patterns that backtrack, by work that grows with the square.
 * No time is measured; what is wrong here ends in an overflow, or does not end.
 */
describe('a hostile document ends in a value or a finding', () => {
  it.each<{ reason: string; given: () => string; codes: readonly string[] }>([
    { reason: 'white space', given: () => ' '.repeat(5_000_000), codes: ['OAS0001'] },
    { reason: 'comments', given: () => '# x\n'.repeat(500_000), codes: ['OAS0001'] },
    { reason: 'open brackets of JSON', given: () => '['.repeat(300_000), codes: ['OAS0014'] },
    { reason: 'open braces of JSON', given: () => '{"a":'.repeat(100_000), codes: ['OAS0014'] },
    { reason: 'open brackets of YAML', given: () => `${HEAD}a: ${'['.repeat(100_000)}`, codes: ['OAS0014'] },
    { reason: 'lists in lists', given: () => '- '.repeat(100_000), codes: ['OAS0014'] },
    { reason: 'questions in questions', given: () => '? '.repeat(100_000), codes: ['OAS0014'] },
    { reason: 'an integer of very many digits', given: () => `${HEAD}x: ${'9'.repeat(300_000)}\n`, codes: [] },
    { reason: 'a decimal of a million digits', given: () => `{"openapi":"3.0.3","paths":{},"x":0.${'9'.repeat(1_000_000)}}`, codes: [] },
    { reason: 'lines of a quoted text that are indented too little', given: () => `${HEAD}a: "${'x\n'.repeat(50_000)}"\n`, codes: [] },
    { reason: 'directives that nobody knows', given: () => `${'%FOO x\n'.repeat(50_000)}---\n${HEAD}`, codes: [] },
    { reason: 'the same key again and again', given: () => HEAD + 'k: 1\n'.repeat(20_000), codes: ['OAS0013'] },
    { reason: 'marks of merge conflicts that never end', given: () => `${HEAD}${'<<<<<<< x\n'.repeat(50_000)}a: b: c\n`, codes: ['OAS0011'] },
    { reason: 'colons on one line', given: () => `${HEAD}a: ${'x: '.repeat(300_000)}\n`, codes: ['OAS0011'] },
    { reason: 'anchors', given: () => HEAD + times(5000, (index) => `k${index}: &a${index} v`), codes: [] },
    { reason: 'many documents', given: () => '---\na: 1\n'.repeat(5000), codes: ['OAS0018', 'OAS0022'] },
  ])('$reason', ({ given, codes }) => {
    const { findings } = readDocument(given(), { uri: 'x' })
    expect([...new Set(findings.map(({ code }) => code))]).toEqual(codes)
    expect(findings.map(({ where }) => JSON.stringify(where).length < 1000)).not.toContain(false)
  })

  it.each<{ reason: string; schemas: () => string; reached: number }>([
    { reason: 'a chain of references without end', schemas: () => `${times(500, (index) => `"s${index}":{"$ref":"#/components/schemas/s${index + 1}"}`, ',')},"s500":{}`, reached: 1 },
    { reason: 'references through references', schemas: () => `${times(40, (index) => `"s${index}":{"$ref":"#/components/schemas/s${index + 1}/a/b"}`, ',')},"s40":{}`, reached: 1 },
    { reason: 'a union of very many', schemas: () => `"s0":{"anyOf":[${times(5000, (index) => `{"type":"x${index}"}`, ',')}]}`, reached: 5001 },
    { reason: 'schemas in schemas', schemas: () => `"s0":${'{"items":'.repeat(400)}{}${'}'.repeat(400)}`, reached: 401 },
    { reason: 'everything refers to everything', schemas: () => times(50, (index) => `"s${index}":{"anyOf":[${times(50, (other) => `{"$ref":"#/components/schemas/s${other}"}`, ',')}]}`, ','), reached: 50 },
  ])('$reason', ({ schemas, reached }) => {
    const source = readDocument(api(schemas()), { uri: 'x' }).value!
    const document = linkDocument(source)
    const operation = document.operation('/a', 'get').value!
    expect([...reachableSchemas(operationSchemas(operation))]).toHaveLength(reached)
    expect(reviewDocument(document).length).toBeLessThan(200)
    const overlay = readOverlay({ overlay: '1.0.0', actions: [{ target: '$..nothing', remove: true }] }, { uri: 'o' }).value!
    expect(applyOverlays(source, [overlay]).findings.map(({ code }) => code)).toEqual(['OAS0502'])
  })

  it('a path that is not there, in a document of very many', () => {
    const paths = times(4000, (index) => `"/a/{x}/b${index}/{y}/c":{}`, ',')
    const document = linkDocument(readDocument(`{"openapi":"3.0.3","paths":{${paths}}}`, { uri: 'x' }).value!)
    expect(document.operation('/a/{q}/b7/{z}/d', 'get').findings[0]?.message).toContain('did you mean `/a/{x}/b7/{y}/c`?')
  })
})
