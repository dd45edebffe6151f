import { CommanderError } from 'commander'
import { OasgenCommand, type Finish } from './commands/command.js'
import { addClusterCommands } from './commands/cluster-commands.js'
import { addDefinitionCommands, addPlanCommands } from './commands/definition-commands.js'
import { addObjectCommands } from './commands/object-commands.js'
import { addShellCommands } from './commands/shell-commands.js'
import { addUpCommands } from './commands/up-commands.js'
import { addConformCommand } from './conform/command.js'
import { CommandError, EXIT, EXIT_MEANINGS, findingsText, type CommandIo, type ExitCode } from './io.js'
import { VERSION } from './version.js'

/** Reads the command line and runs one command; answers the exit code and never throws for what a user can do. */
export async function main(io: CommandIo): Promise<number> {
  const result: { code: ExitCode } = { code: EXIT.ok }
  try {
    if (io.args[0]?.startsWith('__') === true) return await (await import('./worker-commands.js')).runWorker(io)
    await buildProgram(io, (code) => { result.code = code }).parseAsync([...io.args], { from: 'user' })
    return result.code
  } catch (error) {
    return report(io, error)
  }
}

function report(io: CommandIo, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof CommandError && error.finding !== undefined) {
    io.err(findingsText(io, [error.finding]))
    return error.code
  }
  if (error instanceof CommandError) {
    io.err(`error: ${error.message}\n${error.help === undefined ? '' : `help: ${error.help}\n`}`)
    return error.code
  }
  io.err(`oasgen met a bug of its own: ${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT.found
}

/** The whole command as a tree: it parses, prints `--help`, completes words in shells and is written down in docs/reference/cli.md. */
export function buildProgram(io: CommandIo, finish: Finish): OasgenCommand {
  const program = new OasgenCommand(io.name ?? 'oasgen')
    .description('Turns the resources of an OpenAPI document into Kubernetes resources.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(oasgen --help shows what there is)')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({ helpWidth: Math.max(60, io.columns) })
    .exitOverride()
  for (const add of [addUpCommands, addDefinitionCommands, addPlanCommands, addConformCommand, addObjectCommands, addClusterCommands, addShellCommands]) add(program, io, finish)
  everywhere(program)
  return program.note(`Exit codes:\n${Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}\n`).join('')}`)
    .examples('oasgen up --demo', 'oasgen init ./openapi.yaml', 'oasgen get books', 'kubectl oasgen describe book the-hobbit     # as a plugin of kubectl')
}

function everywhere(command: OasgenCommand): void {
  for (const child of command.commands as readonly OasgenCommand[]) {
    if (child.commands.length === 0) child.option('-q, --quiet', 'print results and errors only')
    everywhere(child)
  }
}
