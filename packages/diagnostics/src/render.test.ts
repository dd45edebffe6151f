import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  conditionText, conditionTextOfAll, eventText, nearest, nearestNames, renderColour, renderJson, renderPlain, sortFindings, summaryText, uniqueFindings,
  type Finding,
} from './index.js'
import { bytesOf, columnsOf, wrap } from './text.js'

const mapping: Finding = {
  code: 'MDL0213', severity: 'error', message: 'get cannot fill the path parameter {owner}',
  where: {
    kind: 'document', uri: 'repo.restdefinition.yaml', pointer: '/spec/resource/verbsDescription/1/path',
    position: { line: 19, column: 20, endColumn: 27 }, excerpt: '      path: /repos/{owner}/{repo}',
  },
  related: [{
    where: { kind: 'document', uri: 'github.yaml', pointer: '', position: { line: 48211, column: 13, endColumn: 16 }, excerpt: '      /orgs/{org}/repos' },
    message: 'create calls the same thing `org`',
  }],
  help: 'say so in the definition:\n  requestFieldMapping:\n  - inPath: owner\n    inCustomResource: spec.org',
}
const resource: Finding = {
  code: 'ENG0417', severity: 'warning', message: 'the API refused the update',
  where: { kind: 'resource', resource: 'Repo default/hello', path: 'spec.name' },
  related: [{ where: { kind: 'exchange', method: 'PATCH', url: 'https://api.example.com/x', status: 422, path: 'errors[0]' }, message: 'name already exists' }],
}
const bare: Finding = { code: 'CLI0001', severity: 'notice', message: 'nothing to do' }

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

describe('renderColour', () => {
  it('shows source, caret, related places and help', () => {
    expect(renderColour([mapping], { colours: 'none' })).toBe(`\
error[MDL0213]: get cannot fill the path parameter {owner}
   ┌─ repo.restdefinition.yaml:19:20
19 │       path: /repos/{owner}/{repo}
   │                    ^^^^^^^
   ┌─ github.yaml:48211:13
   │       /orgs/{org}/repos
   │             --- create calls the same thing \`org\`
help: say so in the definition:
        requestFieldMapping:
        - inPath: owner
          inCustomResource: spec.org
      \`oasgen explain MDL0213\` tells more
`)
  })

  it('shows fields and exchanges where there is no source', () => {
    expect(renderColour([resource, bare], { colours: 'none' })).toBe(`\
warning[ENG0417]: the API refused the update
   ┌─ Repo default/hello: spec.name
   ┌─ PATCH https://api.example.com/x → 422: errors[0]
   │ name already exists
help: \`oasgen explain ENG0417\` tells more

notice[CLI0001]: nothing to do
help: \`oasgen explain CLI0001\` tells more
`)
  })

  it('puts the words of a related place at the main place behind the caret', () => {
    const label = { where: mapping.where!, message: 'nothing in the resource is called `owner`' }
    expect(renderColour([{ ...mapping, related: [label] }], { colours: 'none' })).toContain('│                    ^^^^^^^ nothing in the resource is called `owner`\nhelp')
  })

  it('gives lines within the width, and the same text again, for any finding', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    const position = fc.record({ line: fc.nat(), column: fc.integer({ min: 1, max: 400 }), endColumn: fc.integer({ min: 1, max: 400 }) })
    const place = fc.oneof(
      fc.record({ kind: fc.constant('document' as const), uri: fc.constant('a.yaml'), pointer: text, position, excerpt: text }),
      fc.record({ kind: fc.constant('document' as const), uri: fc.constant('a.yaml'), pointer: fc.constant('/a') }),
    )
    fc.assert(fc.property(place, text, fc.integer({ min: 40, max: 120 }), (where, message, width) => {
      const odd: Finding = { code: 'OAS0001', severity: 'error', message: 'm', where, related: [{ where, message: message.slice(0, 20) }] }
      const rendered = renderColour([odd], { colours: 'none', width })
      expect(renderColour([odd], { colours: 'none', width })).toBe(rendered)
      for (const line of rendered.split('\n').filter((shown) => shown.includes('│'))) expect(columnsOf(line), line).toBeLessThanOrEqual(width)
    }))
  })

  it('says where to read more once per code', () => {
    expect(renderColour([bare, { ...bare, message: 'again' }], { colours: 'none' }).match(/oasgen explain/g)).toHaveLength(1)
  })

  it('takes lines from the source where the finding brings none', () => {
    const { excerpt: _, ...where } = mapping.where as Extract<Finding['where'], { kind: 'document' }>
    const text = renderColour([{ ...mapping, where }], { colours: 'none', sourceLine: (uri, line) => `${uri} at line ${line} and more` })
    expect(text).toContain('19 │ repo.restdefinition.yaml at line 19 and more')
    expect(renderColour([{ ...mapping, where }], { colours: 'none' })).toContain('┌─ repo.restdefinition.yaml:19:20\n')
  })

  it('colours without changing the text', () => {
    const coloured = renderColour([mapping, resource, bare])
    expect(coloured).toContain('\u001b[1;31merror[MDL0213]\u001b[0m')
    expect(coloured.replaceAll(COLOUR, '')).toBe(renderColour([mapping, resource, bare], { colours: 'none' }))
  })

  it('keeps the caret in sight and the lines within the width', () => {
    const where = { kind: 'document', uri: 'min.json', pointer: '', position: { line: 1, column: 5001, endColumn: 5006 }, excerpt: `${'a'.repeat(5000)}WRONG${'b'.repeat(5000)}` } as const
    for (const width of [60, 100]) {
      const lines = renderColour([{ ...mapping, where, related: [{ where, message: 'a label that is rather long and needs more than one line of a narrow terminal' }] }], { colours: 'none', width }).split('\n')
      for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(width)
      const at = lines.findIndex((line) => line.includes('WRONG'))
      const column = lines[at]?.indexOf('WRONG') ?? -1
      expect(lines[at + 1]?.slice(column)).toBe('^^^^^')
      expect(lines[at]).toMatch(/…a+WRONGb+…$/)
    }
  })

  it('puts the caret right in a part of a long line', () => {
    const where = { kind: 'document', uri: 'min.json', pointer: '', position: { line: 1, column: 5001, endColumn: 5006 }, excerpt: 'before WRONG after', excerptStart: 4994 } as const
    const lines = renderColour([{ ...mapping, where, related: [] }], { colours: 'none' }).split('\n')
    expect(lines[2]).toContain('│ …before WRONG after')
    expect(columnsOf(lines[3]?.split('^')[0] ?? '')).toBe(columnsOf(lines[2]?.split('WRONG')[0] ?? ''))
    expect(lines[3]).toMatch(/\^{5}$/)
  })

  it('puts the caret right behind tabs, wide letters and emoji', () => {
    const where = { kind: 'document', uri: 'a', pointer: '', position: { line: 1, column: 9, endColumn: 11 }, excerpt: '\té漢字😀: xy' } as const
    const lines = renderColour([{ ...mapping, where, related: [] }], { colours: 'none' }).split('\n')
    expect(lines[2]).toBe('    é漢字😀: xy'.replace(/^/, ' 1 │ '))
    expect(columnsOf(lines[3]?.split('^')[0] ?? '')).toBe(columnsOf(lines[2]?.split('xy')[0] ?? ''))
  })

  it('survives positions outside of the line', () => {
    for (const position of [{ line: 3, column: 99 }, { line: 3, column: 5, endColumn: 2 }, { line: 3, column: 1, endColumn: 999 }]) {
      const where = { kind: 'document', uri: 'a', pointer: '', position, excerpt: 'short' } as const
      expect(renderColour([{ ...mapping, where, related: [] }], { colours: 'none' })).toContain('^')
    }
  })

  it('lets no document write to the terminal', () => {
    const evil = '\u001b[2J\u001b]0;x\u0007\u202e\r\n\u009b31m'
    const where = { kind: 'document', uri: `u${evil}`, pointer: '', position: { line: 1, column: 1 }, excerpt: `x${evil}` } as const
    const all: Finding = { code: 'OAS0001', severity: 'error', message: evil, where, help: evil, related: [{ where, message: evil }] }
    for (const text of [renderColour([all], { colours: 'none' }), renderPlain([all]), conditionText(all), eventText(all)]) {
      expect(Array.from(text).filter((character) => character !== '\n' && /^[\p{Cc}\p{Cf}]$/u.test(character))).toEqual([])
    }
  })
})

describe('renderPlain', () => {
  it('gives one linkable line per finding, help and related places below', () => {
    expect(renderPlain([resource, mapping, bare])).toBe(`\
repo.restdefinition.yaml:19:20: error[MDL0213]: get cannot fill the path parameter {owner}
    see: github.yaml:48211:13: create calls the same thing \`org\`
    help: say so in the definition:
            requestFieldMapping:
            - inPath: owner
              inCustomResource: spec.org
Repo default/hello: spec.name: warning[ENG0417]: the API refused the update
    see: PATCH https://api.example.com/x → 422: errors[0]: name already exists
notice[CLI0001]: nothing to do
`)
    expect(renderPlain([])).toBe('')
  })
})

describe('renderJson', () => {
  it('is the findings again', () => {
    expect(JSON.parse(renderJson([bare, mapping]))).toEqual([mapping, bare])
    expect(renderJson([])).toBe('[]\n')
  })

  it('keeps exact numbers of a fix', () => {
    const exact = { toString: () => '1.0000000000000001' }
    const value = { int: 9007199254740993n, decimal: Object.setPrototypeOf({}, exact) as unknown, text: 'x' }
    const fix = { kind: 'definition', title: 't', patch: [{ op: 'add', path: '/x', value }] } as const
    const text = renderJson([{ ...bare, fix }])
    expect(text).toContain('"int": 9007199254740993')
    expect(text).toContain('"decimal": 1.0000000000000001')
  })
})

describe('texts of conditions and events', () => {
  it('say what, where, what to do, and the code', () => {
    expect(conditionText(mapping)).toBe('get cannot fill the path parameter {owner} ' +
      '(repo.restdefinition.yaml#/spec/resource/verbsDescription/1/path); say so in the definition: ' +
      'requestFieldMapping: - inPath: owner inCustomResource: spec.org; MDL0213')
    expect(conditionText(resource)).toBe('the API refused the update (spec.name); ENG0417')
    expect(eventText(bare)).toBe('nothing to do; CLI0001')
  })

  it('do not change when lines are inserted above', () => {
    const moved = { ...mapping, where: { ...mapping.where, position: { line: 20, column: 20 } } } as Finding
    expect(conditionText(moved)).toBe(conditionText(mapping))
  })

  it('are bounded in bytes, and keep the code', () => {
    for (const message of ['x'.repeat(5000), '漢'.repeat(5000), '😀'.repeat(5000)]) {
      for (const text of [conditionText({ ...mapping, message }), eventText({ ...mapping, message }), conditionTextOfAll([{ ...mapping, message }, bare])]) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024)
        expect(Buffer.byteLength(text)).toBe(bytesOf(text))
        expect(text).toContain('…')
      }
      expect(conditionText({ ...mapping, message })).toMatch(/; MDL0213$/)
    }
  })

  it('count what does not fit', () => {
    expect(conditionTextOfAll([bare, resource, mapping])).toBe(`${conditionText(mapping)}; and 2 more`)
    expect(conditionTextOfAll([bare])).toBe(conditionText(bare))
    expect(conditionTextOfAll([])).toBe('')
  })
})

describe('order', () => {
  const at = (uri: string, line: number, code = 'OAS0001'): Finding => ({ ...bare, code, where: { kind: 'document', uri, pointer: '', position: { line, column: 1 } } })

  it('is by severity, place and code, whatever the input order', () => {
    const want = [mapping, resource, bare, at('a', 2), at('a', 10, 'OAS0002'), at('a', 10, 'OAS0003'), at('b', 1)]
    expect(sortFindings(want.toReversed())).toEqual(want)
  })

  it('counts elements by number', () => {
    const place = (path: string): Finding => ({ ...bare, where: { kind: 'resource', resource: 'r', path } })
    expect(sortFindings([place('a[10]'), place('a[9].b'), place('a[9]')])).toEqual([place('a[9]'), place('a[9].b'), place('a[10]')])
  })

  it('tells a mistake once', () => {
    expect(uniqueFindings([at('a', 1), at('a', 2), at('a', 1)])).toEqual([at('a', 1), at('a', 2)])
  })

  it('sums up', () => {
    expect(summaryText([mapping, mapping, resource])).toBe('2 errors, 1 warning')
    expect(summaryText([])).toBe('no findings')
  })
})

describe('nearest', () => {
  const fields = ['requestFieldMapping', 'identifiersMatchPolicy', 'additionalStatusFields', 'path', 'method', 'id', 'in', 'kind']
  const rows: readonly { name: string; want: string | undefined; reason: string }[] = [
    { name: 'requestFieldMappings', want: 'requestFieldMapping', reason: 'one letter more' },
    { name: 'request_field_mapping', want: 'requestFieldMapping', reason: 'another case style' },
    { name: 'additonalStatusFileds', want: 'additionalStatusFields', reason: 'one letter less, two swapped' },
    { name: 'paht', want: 'path', reason: 'two swapped' },
    { name: 'Method', want: 'method', reason: 'a capital' },
    { name: 'ib', want: undefined, reason: 'two letters are too few to guess' },
    { name: 'zone', want: undefined, reason: 'nothing alike' },
    { name: '', want: undefined, reason: 'nothing at all' },
    { name: 'kind', want: 'kind', reason: 'itself' },
  ]
  it.each(rows)('$name: $reason', ({ name, want }) => expect(nearest(name, fields)).toBe(want))

  it('gives several, nearest first', () => {
    expect(nearestNames('name', ['names', 'game', 'name2', 'zzz', 'names'], 3)).toEqual(['game', 'name2', 'names'])
    expect(nearestNames('name', ['names', 'na_me', 'same'], 1)).toEqual(['na_me'])
  })
})

describe('wrap', () => {
  it('breaks at blanks, keeps words and lines that are indented', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('unbreakable-word', 5)).toEqual(['unbreakable-word'])
    expect(wrap('a\n  - yaml: stays as it is', 5)).toEqual(['a', '  - yaml: stays as it is'])
  })
})
