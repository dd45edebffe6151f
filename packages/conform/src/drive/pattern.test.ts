import { describe, expect, it } from 'vitest'
import { accepts, textFor } from './pattern.js'

describe('a text that a pattern accepts', () => {
  it.each([
    ['^[a-z]+$', 'letters'], ['^[A-Z]{3}-\\d{4}$', 'counts'], ['^(?:ab|cd)+_x$', 'alternatives'], ['^vpc-[0-9a-f]{8}$', 'a prefix'], ['^[^/]+\\.txt$', 'a class that excludes'],
    ['^arn:aws:[\\w-]+:.*$', 'mixed'], ['^\\+?[0-9]{7,15}$', 'an escape and a range of counts'], ['^$|^x{2}$', 'an empty alternative'],
  ])('%s (%s)', (pattern) => expect(accepts(pattern, textFor(pattern) ?? '\u0000')).toBe(true))

  it('is not made up where the pattern is beyond it', () => expect(textFor('^(?=.*\\d)(?=.*[a-z])[a-z\\d]{9}\\p{Lu}$')).toBeUndefined())
})
