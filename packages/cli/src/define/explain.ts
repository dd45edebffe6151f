import { CATALOGUE, nearest, renderExplanation } from '@oasgen/diagnostics'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'

export function explain(io: CommandIo, code: string): ExitCode {
  const wanted = code.toUpperCase()
  const text = renderExplanation(wanted)
  if (text === undefined) {
    const close = nearest(wanted, Object.keys(CATALOGUE))
    throw new CommandError(`there is no finding ${wanted}`, { code: EXIT.usage, ...(close !== undefined && { help: `did you mean ${close}?` }) })
  }
  io.out(`${text.trimEnd()}\n`)
  return EXIT.ok
}
