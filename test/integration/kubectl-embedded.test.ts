import { execFileSync } from 'node:child_process'
import { startControlPlane } from '@oasgen/apiserver'
import { describe, expect, it } from 'vitest'
import { compareOutput, readWalk, replay } from '../wire/transcript.js'

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const walk = readWalk()

describe.skipIf(!hasKubectl())(`the walk of the documentation, with kubectl (not run without it: ${walk.commands.length} commands)`, () => {
  it('prints what it says', async () => {
    const plane = await startControlPlane({ inMemory: true })
    const replayed = await replay(walk, plane.kubeconfig())
    await plane.close()
    const compared = replayed.map((one, index) => ({ command: one.command, line: one.line, ...compareOutput(walk.commands[index]?.output ?? [], one.output) }))
    expect(compared.map(({ line, command, got }) => ({ line, command, got }))).toEqual(compared.map(({ line, command, wanted }) => ({ line, command, got: wanted })))
  }, 120_000)
})
