import { startRealApiServer } from '@oasgen/testkit'
import { expect, it } from 'vitest'
import { compareOutput, readWalk, replay } from '../wire/transcript.js'

/** kubectl prints the same against kube-apiserver as the documentation says of the embedded control plane. */
it('the walk of the documentation holds for kube-apiserver', async () => {
  const server = await startRealApiServer()
  const walk = readWalk()
  const replayed = await replay(walk, server.kubeconfig())
  await server.close()
  const compared = replayed.map((one, index) => ({ command: one.command, line: one.line, ...compareOutput(walk.commands[index]?.output ?? [], one.output) }))
  expect(compared.map(({ line, command, got }) => ({ line, command, got }))).toEqual(compared.map(({ line, command, wanted }) => ({ line, command, got: wanted })))
}, 1_800_000)
