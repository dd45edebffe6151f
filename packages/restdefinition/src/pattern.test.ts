import { describe, expect, it } from 'vitest'
import { type PatternStep, printFieldPattern, readFieldPattern } from './pattern.js'

describe('field patterns', () => {
  it.each<[string, readonly PatternStep[], string]>([
    ['spec.tags', [{ key: 'tags' }], 'a plain field'],
    ['spec.credentials[].value', [{ key: 'credentials' }, { each: true }, { key: 'value' }], 'a field of every element'],
    ['spec.matrix[][]', [{ key: 'matrix' }, { each: true }, { each: true }], 'lists of lists'],
    ["spec['a.b'].c", [{ key: 'a.b' }, { key: 'c' }], 'a name with a dot'],
    ["spec['x[]y'][].z", [{ key: 'x[]y' }, { each: true }, { key: 'z' }], 'brackets inside quotes are letters'],
  ])('%s reads and prints back (%#)', (text, steps, _reason) => {
    const pattern = readFieldPattern(text)
    expect(pattern).toEqual({ ok: true, root: 'spec', steps })
    expect(readFieldPattern(`spec.${printFieldPattern(steps)}`.replace('spec.[', 'spec['))).toEqual(pattern)
  })

  it.each([['spec.a[0]', 'an index'], ['spec..a', 'two dots'], ['spec.a[?k=v]', 'a selection']])('%s is refused: %s has no place', (text) => {
    expect(readFieldPattern(text).ok).toBe(false)
  })
})
