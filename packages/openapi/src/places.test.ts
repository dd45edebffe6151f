import { writePointer } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type Scalar } from 'yaml'
import { corpusDocuments, hasCorpus } from './corpus.testing.js'
import { readDocument } from './index.js'
import { resolveLimits } from './limits.js'
import { parseText } from './parse-text.js'

const YAML = `openapi: 3.0.3
info: {title: "a b", version: '1'}
x-list:
- one
-   two: 2   # comment
    deep: [1, {a: b}]
- |
  text
x-anchor: &name
  key: value
x-alias: *name
? x-explicit
: yes
paths:
  "/pets/{id}":
    get: {}
`
const JSON_TEXT = '{\n  "openapi": "3.0.3",\n  "x-list": [1, {"a\\"b": [true]}],\n  "paths": {"/p": {}}, "200": "é😀", "last": null\n}'

const cases = [
  { text: YAML, pointer: '/openapi', want: '1:10-15', reason: 'a value' },
  { text: YAML, pointer: '/info', want: '2:1-5', reason: 'a container is shown by its name' },
  { text: YAML, pointer: '/info/title', want: '2:15-20', reason: 'with its quotes' },
  { text: YAML, pointer: '/x-list/0', want: '4:3-6', reason: 'an element' },
  { text: YAML, pointer: '/x-list/1', want: '5:5', reason: 'an element that is a container begins there' },
  { text: YAML, pointer: '/x-list/1/two', want: '5:10-11', reason: 'a comment is no part of it' },
  { text: YAML, pointer: '/x-list/1/deep/1/a', want: '6:19-20', reason: 'flow in block' },
  { text: YAML, pointer: '/x-list/2', want: '7:3-4', reason: 'a block scalar begins at its mark' },
  { text: YAML, pointer: '/x-anchor/key', want: '10:8-13', reason: 'behind an anchor' },
  { text: YAML, pointer: '/x-alias', want: '11:1-8', reason: 'an alias of a container too' },
  { text: YAML, pointer: '/x-explicit', want: '13:3-6', reason: 'a key with a question mark' },
  { text: YAML, pointer: '/paths/~1pets~1{id}/get', want: '16:5-8', reason: 'below a quoted key' },
  { text: YAML, pointer: '/x-alias/key', want: undefined, reason: 'what an alias brings is elsewhere' },
  { text: YAML, pointer: '/none', want: undefined, reason: 'not there' },
  { text: JSON_TEXT, pointer: '', want: '1:1', reason: 'the whole' },
  { text: JSON_TEXT, pointer: '/openapi', want: '2:14-21', reason: 'a value' },
  { text: JSON_TEXT, pointer: '/x-list', want: '3:3-11', reason: 'a container is shown by its name' },
  { text: JSON_TEXT, pointer: '/x-list/1/a"b/0', want: '3:27-31', reason: 'an escaped key' },
  { text: JSON_TEXT, pointer: '/paths/~1p', want: '4:13-17', reason: 'a slash in a key' },
  { text: JSON_TEXT, pointer: '/200', want: '4:31-36', reason: 'UTF-16 units count, as in editors' },
  { text: JSON_TEXT, pointer: '/last', want: '4:46-50', reason: 'the last one' },
  { text: JSON_TEXT, pointer: '/x-list/2', want: undefined, reason: 'beyond the end' },
]

describe('positionOf', () => {
  it.each(cases)('$pointer: $reason', ({ text, pointer, want }) => {
    const position = readDocument(text, { uri: 'x' }).value?.positionOf(pointer)
    const shown = position && `${position.line}:${position.column}${position.endColumn === undefined ? '' : `-${position.endColumn}`}`
    expect(shown).toBe(want)
  })

  it('shows the place around what is not in the text itself', () => {
    const source = readDocument(YAML, { uri: 'x' }).value!
    expect(source.place('/paths/~1pets~1{id}/get/responses/200')).toMatchObject({ pointer: '/paths/~1pets~1{id}/get/responses/200', position: { line: 16 }, excerpt: '    get: {}' })
  })
})

/** Where an independent parser sees the scalars of a document. */
function* scalarsOf(node: Node | null, path: readonly (string | number)[]): Generator<{ readonly path: readonly (string | number)[]; readonly node: Scalar }> {
  if (isScalar(node)) yield { path, node }
  if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* scalarsOf(item as Node, [...path, index])
  if (!isMap(node)) return
  for (const { key, value } of node.items as readonly Pair<Scalar, Node | null>[]) yield* scalarsOf(value, [...path, key.source ?? String(key.value)])
}

const oracle = corpusDocuments().filter(({ name }) => /(?:powerdns|splunk|krateo-gitlab)\//.test(name))

describe.skipIf(!hasCorpus)(`places in real YAML (${hasCorpus ? oracle.length : 'not run: 3 documents, folder absent'})`, () => {
  it.each(oracle.map(({ name, bytes }) => [name, bytes] as const))('%s: every scalar is where an independent parser sees it', (_, bytes) => {
    const text = Buffer.from(bytes()).toString('utf8')
    const { spans } = parseText(text, 'x', resolveLimits()).value!
    const wrong: string[] = []
    for (const { path, node } of scalarsOf(parseDocument(text).contents, [])) {
      if (node.value !== null && spans.spanOf(writePointer(path))?.start !== node.range?.[0]) wrong.push(writePointer(path))
    }
    expect(wrong).toEqual([])
  })
})

const json = corpusDocuments().filter(({ name }) => /(?:hubspot|snowflake|azure)/.test(name))

describe.skipIf(!hasCorpus)(`places in real JSON (${hasCorpus ? json.length : 'not run: 3 documents, folder absent'})`, () => {
  it.each(json.map(({ name, bytes }) => [name, bytes] as const))('%s: every text is where it is written', (_, bytes) => {
    const text = Buffer.from(bytes()).toString('utf8')
    const { spans, value } = parseText(text, 'x', resolveLimits()).value!
    const wrong: string[] = []
    const walk = (item: unknown, path: readonly (string | number)[]): void => {
      if (typeof item === 'object' && item !== null) {
        for (const [name, member] of Object.entries(item)) walk(member, [...path, name])
        return
      }
      const span = spans.spanOf(writePointer(path))
      if (span === undefined || JSON.parse(text.slice(span.start, span.end)) !== item) wrong.push(writePointer(path))
    }
    walk(value, [])
    expect(wrong).toEqual([])
  })
})
