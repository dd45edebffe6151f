import { describe, expect, it } from 'vitest'
import { readManifestText } from './manifest.js'

describe('readManifestText', () => {
  const text = ['# a comment', '---', 'kind: A', 'n: 9007199254740993', '---', '', 'kind: B', 'spec:', '  x: 1', '--- ', '# nothing here', ''].join('\n')

  it('reads every document with exact numbers', () => {
    expect(readManifestText(text, 'm.yaml').value?.map(({ value }) => value)).toEqual([{ kind: 'A', n: 9007199254740993n }, { kind: 'B', spec: { x: 1 } }])
  })

  it('counts lines as the file does', () => {
    const second = readManifestText(text, 'm.yaml').value?.[1]
    expect(second?.place('/spec/x')).toMatchObject({ uri: 'm.yaml', position: { line: 9 }, excerpt: '  x: 1' })
  })

  it('says what is wrong and where, and still reads the others', () => {
    const read = readManifestText('kind: A\n---\na: [1\n---\nkind: C\n', 'm.yaml')
    expect(read.value?.map(({ value }) => value)).toEqual([{ kind: 'A' }, { kind: 'C' }])
    expect(read.findings).toMatchObject([{ severity: 'error', where: { kind: 'document', uri: 'm.yaml' } }])
  })

  it('reads JSON', () => {
    expect(readManifestText('{"kind": "A"}', 'm.json').value?.map(({ value }) => value)).toEqual([{ kind: 'A' }])
  })
})
