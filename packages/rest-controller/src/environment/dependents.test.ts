import { describe, expect, it } from 'vitest'
import { createDependents } from './dependents.js'

describe('dependents', () => {
  it('tells who depends on a thing, by what each said last', () => {
    const dependents = createDependents()
    dependents.set('a', ['secret x', 'configuration c'])
    dependents.set('b', ['secret x'])
    expect([...dependents.of('secret x')]).toEqual(['a', 'b'])
    dependents.set('a', ['secret y'])
    expect([...dependents.of('secret x')]).toEqual(['b'])
    expect([...dependents.of('configuration c')]).toEqual([])
    expect([...dependents.of('secret y')]).toEqual(['a'])
  })

  it('forgets a thing that nobody depends on', () => {
    const dependents = createDependents()
    dependents.set('a', ['secret x'])
    dependents.remove('a')
    expect(dependents.has('secret x')).toBe(false)
    dependents.set('a', ['secret x'])
    dependents.set('a', [])
    expect(dependents.has('secret x')).toBe(false)
    dependents.set('a', ['secret x'])
    dependents.clear()
    expect(dependents.has('secret x')).toBe(false)
  })
})
