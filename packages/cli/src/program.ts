import { Command, CommanderError, Option } from 'commander'
import { CommandError, EXIT, type CommandIo, type ExitCode } from './io.js'
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
  if (error instanceof CommandError) {
    io.err(`error: ${error.message}\n${error.help === undefined ? '' : `help: ${error.help}\n`}`)
    return error.code
  }
  io.err(`oasgen met a bug of its own: ${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT.found
}

type Finish = (code: ExitCode) => void

function buildProgram(io: CommandIo, finish: Finish): Command {
  const program = new Command('oasgen')
    .description('Turns the resources of an OpenAPI document into Kubernetes resources.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(oasgen --help shows what there is)')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .exitOverride()
  addUp(program, io, finish)
  addDemo(program, io, finish)
  addDefinitionCommands(program, io, finish)
  addObjectCommands(program, io, finish)
  return program
}

function addUp(program: Command, io: CommandIo, finish: Finish): void {
  program.command('up [paths...]')
    .description('Start a control plane here, with the RestDefinitions and resources of files or folders. No cluster needed.')
    .option('--demo', 'start the bookshop too, a small API to play with')
    .option('--in-memory', 'keep nothing on disk')
    .option('--port <port>', 'port of the Kubernetes API', readPort, 16443)
    .option('--demo-port <port>', 'port of the bookshop', readPort, 18080)
    .option('--watch', 'apply the files again when they change')
    .addHelpText('after', '\nExamples:\n  oasgen up --demo\n  oasgen up ./manifests --watch\n')
    .action(async (paths: string[], options) => finish(await (await import('./up/up.js')).up(io, paths, options)))
}

function addDemo(program: Command, io: CommandIo, finish: Finish): void {
  const demo = program.command('demo').description('Play with the bookshop that `up --demo` started.')
  demo.command('meddle').description('change a book in the API behind our back').action(async () => finish(await (await import('./up/demo.js')).meddle(io)))
  demo.command('stop').description('stop the bookshop, as if the API were down').action(async () => finish(await (await import('./up/demo.js')).stopDemo(io)))
  demo.command('start').description('start it again').action(async () => finish(await (await import('./up/demo.js')).startDemo(io)))
  demo.command('ledger').description('what the bookshop was asked to do').action(async () => finish(await (await import('./up/demo.js')).printLedger(io)))
}

function addDefinitionCommands(program: Command, io: CommandIo, finish: Finish): void {
  program.command('init <openapi>').description('Find the resources of an OpenAPI document and write RestDefinitions for them.')
    .option('--kind <kinds...>', 'write these').option('--all', 'write all that are not broken').option('--list', 'write none, only show what was found')
    .option('--group <group>', 'API group of the kinds').option('--oas-path <address>', 'what the definitions name as their document')
    .option('--output-dir <folder>', 'where to', '.')
    .addHelpText('after', '\nExample:\n  oasgen init https://api.example.com/openapi.json --kind Zone\n')
    .action(async (address: string, options) => finish(await (await import('./init/init.js')).init(io, address, options)))
  offline(program.command('render')).description('What the provider would make of RestDefinitions: CRDs, offline and deterministic, to be committed.')
    .option('--rbac', 'the rights of the controllers too').option('--plan', 'the Plans too').option('--fidelity', 'what of the document was carried, weakened, dropped')
    .option('--output-dir <folder>', 'one file an object instead of standard output')
    .addHelpText('after', '\nExample:\n  oasgen render -f book.yaml --document ./openapi.yaml --output-dir crds/\n')
    .action(async (options) => finish(await (await import('./define/render.js')).render(io, options)))
  offline(program.command('validate')).description('Judge RestDefinitions with their documents, and resources by the kinds that they give.')
    .option('-o, --output <form>', 'text, json, sarif or github', 'text').option('--strict', 'warnings fail too')
    .addHelpText('after', '\nExit codes: 0 nothing wrong · 1 findings · 2 wrong usage · 69 something cannot be read\n')
    .action(async (options) => finish(await (await import('./define/validate.js')).validate(io, options)))
  offline(program.command('plan')).description('The exact requests that resources would cause. Nothing is sent.')
    .option('-o, --output <form>', 'text or json', 'text')
    .action(async (options) => finish(await (await import('./define/plan.js')).plan(io, options)))
  program.command('explain <code>').description('What a finding means, how it comes about, and what to do.')
    .action(async (code: string) => finish((await import('./define/explain.js')).explain(io, code)))
}

function offline(command: Command): Command {
  return command.addOption(filename().makeOptionMandatory())
    .option('--document <addresses...>', 'read this in place of oasPath: an address for all, or <definition>=<address>')
}

function addObjectCommands(program: Command, io: CommandIo, finish: Finish): void {
  onTarget(program.command('get <kind> [name]')).description('List objects, as kubectl does.')
    .option('-o, --output <form>', 'wide, yaml, json or name').option('-A, --all-namespaces', 'of all namespaces')
    .option('-l, --selector <labels>', 'with these labels').option('--no-headers', 'without the first line')
    .action(async (kind: string, name: string | undefined, options) => finish(await (await import('./kubectl/get.js')).get(io, name === undefined ? [kind] : [kind, name], options)))
  onTarget(program.command('apply')).description('Make objects as files say (server-side apply).')
    .addOption(filename().makeOptionMandatory()).option('--dry-run', 'ask the server, change nothing').option('--force', 'take over fields of other managers')
    .action(async (options) => finish(await (await import('./kubectl/apply.js')).apply(io, options)))
  onTarget(program.command('delete [names...]')).description('Delete objects by name or as files say, and wait until they are gone.')
    .addOption(filename()).option('--no-wait', 'do not wait').option('--ignore-not-found', 'what is gone already is no error')
    .option('--timeout <duration>', 'how long to wait', readSeconds, 300)
    .action(async (names: string[], { timeout, ...options }) => finish(await (await import('./kubectl/delete.js')).remove(io, names, { ...options, timeoutSeconds: timeout })))
  onTarget(program.command('wait <names...>')).description('Wait until objects meet a condition.')
    .requiredOption('--for <what>', "condition=Ready, delete, jsonpath='{.status.id}'=1").option('--all', 'all objects of the kind')
    .option('--timeout <duration>', 'how long', readSeconds, 30)
    .action(async (names: string[], { timeout, ...options }) => finish(await (await import('./kubectl/wait.js')).wait(io, names, { ...options, timeoutSeconds: timeout })))
}

function onTarget(command: Command): Command {
  return command.option('-n, --namespace <namespace>', 'namespace').option('--kubeconfig <file>', 'which cluster').option('--context <name>', 'context of the kubeconfig')
}

function filename(): Option {
  return new Option('-f, --filename <paths...>', 'file, folder or - for standard input')
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CommandError(`${text} is no port`, { code: EXIT.usage })
  return port
}

function readSeconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text)
  if (match === null) throw new CommandError(`${text} is no duration`, { code: EXIT.usage, help: 'such as 30s, 2m or 1h' })
  return Number(match[1]) * ({ s: 1, m: 60, h: 3600 }[match[2] ?? 's'] ?? 1)
}
