import { describe, expect, it } from 'vitest'
import { keysIn } from '../stdin.js'
import { pickerLines, pressed, type Choice, type PickerState } from './picker.js'

const CHOICES: readonly Choice[] = [{ label: 'Zone', detail: '/zones' }, { label: 'Broken', detail: '', disabled: true }, { label: 'Record', detail: '/records' }]
const type = (...keys: readonly string[]): PickerState | 'done' | 'cancelled' => keys.reduce<PickerState | 'done' | 'cancelled'>((state, key) => (typeof state === 'string' ? state : pressed(CHOICES, state, key)), { at: 0, chosen: new Set() })

it.each([
  { text: '\u001b[B ', keys: ['\u001b[B', ' '] }, { text: '\u001bOA', keys: ['\u001b[A'] }, { text: 'ja', keys: ['j', 'a'] }, { text: '\u001b', keys: ['\u001b'] }, { text: '', keys: [] },
])('reads the keys of $text', ({ text, keys }) => {
  expect(keysIn(text)).toEqual(keys)
})

describe('the picker', () => {
  it.each([
    { reason: 'space chooses', keys: [' '], chosen: [0] },
    { reason: 'and takes back', keys: [' ', ' '], chosen: [] },
    { reason: 'what is broken is stepped over', keys: ['\u001b[B', ' '], chosen: [2] },
    { reason: 'the end is the end', keys: ['j', 'j', 'j', ' '], chosen: [2] },
    { reason: 'a takes all that can be taken', keys: ['a'], chosen: [0, 2] },
    { reason: 'a again takes none', keys: ['a', 'a'], chosen: [] },
    { reason: 'other keys do nothing', keys: ['x', 'k', ' '], chosen: [0] },
  ])('$reason', ({ keys, chosen }) => {
    expect([...(type(...keys) as PickerState).chosen]).toEqual(chosen)
  })

  it.each([['\r', 'done'], ['q', 'cancelled'], ['\u0003', 'cancelled'], ['\u001b', 'cancelled']])('%j ends it', (key, end) => {
    expect(type(' ', key)).toBe(end)
  })

  it('shows the cursor among more choices than fit', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ label: `Kind${index}`, detail: '' }))
    const lines = pickerLines(many, { at: 40, chosen: new Set([1]) }, { rows: 15, colour: false })
    expect(lines.length).toBeLessThanOrEqual(14)
    expect(lines.some((line) => line.startsWith('> [ ] Kind40'))).toBe(true)
    expect(lines.at(-1)).toContain('1 chosen · 40 more')
  })
})
