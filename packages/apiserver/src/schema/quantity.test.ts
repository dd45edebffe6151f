import { describe, expect, it } from 'vitest'
import { canonicalQuantity } from './quantity.js'

describe('quantities', () => {
  it.each([
    { reason: 'thousandths make a whole', text: '1000m', want: '1' }, { reason: 'a fraction has a suffix', text: '0.5', want: '500m' },
    { reason: 'binary stays binary', text: '1024Mi', want: '1Gi' }, { reason: 'binary with a fraction', text: '1.5Gi', want: '1536Mi' },
    { reason: 'decimal suffixes join', text: '2000k', want: '2M' }, { reason: 'zero', text: '0', want: '0' }, { reason: 'a minus', text: '-1.5', want: '-1500m' },
    { reason: 'an exponent stays one', text: '1e6', want: '1e6' }, { reason: 'below the smallest unit', text: '0.0000000001', want: '1n' },
    { reason: 'not a number', text: 'x', want: undefined }, { reason: 'an unknown suffix', text: '1Q', want: undefined },
  ])('$reason: $text', ({ text, want }) => {
    expect(canonicalQuantity(text)).toBe(want)
  })
})
