import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { missing, otherShellFences, readBlocks, readPage, Session } from '../docs/session.js'

const PAGES = ['README.md', 'docs/getting-started.md']

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!hasKubectl())(`pages that a newcomer follows (${PAGES.length}; ${hasKubectl() ? 'with kubectl' : 'not run: kubectl is absent'})`, () => {
  it.each(PAGES)('%s has no shell block that is not run', (page) => {
    expect(otherShellFences(readPage(page))).toEqual([])
  })

  it.each(PAGES)('%s does what it says', async (page) => {
    const session = new Session()
    try {
      for (const block of readBlocks(readPage(page))) {
        for (const { line, command, output } of block.commands) {
          if (block.lasts) await session.start(command, output)
          else {
            const { code, lines } = await session.run(command)
            const lost = missing(output, lines)
            expect({ place: `${page}:${line}`, command, code, lost, ...(lost.length > 0 && { lines }) }).toEqual({ place: `${page}:${line}`, command, code: 0, lost: [] })
          }
        }
      }
    } finally {
      await session.close()
    }
  }, 600_000)
})
