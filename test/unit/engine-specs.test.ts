import { existsSync, readdirSync } from 'node:fs'
import { describe, it } from 'vitest'
import { runCase } from './engine-case.js'
import { compileCase, ENGINE_CASES, readCase } from './engine-compile.js'

/** Each folder: document, definition, resource and a script of what is to be sent, answered and concluded. */
describe('specs/engine', () => {
  const names = existsSync(ENGINE_CASES) ? readdirSync(ENGINE_CASES, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : []
  it.each(names)('%s', (name) => {
    const given = readCase(name)
    runCase(compileCase(given), given)
  })
})
