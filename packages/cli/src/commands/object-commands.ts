import { filename, onTarget, output, readSeconds, type Register } from './command.js'

export const addObjectCommands: Register = (program, io, finish) => {
  onTarget(program.command('get <kind> [name]')).description('List objects, as kubectl does.')
    .addOption(output('wide', 'yaml', 'json', 'name')).option('-A, --all-namespaces', 'of all namespaces')
    .option('-l, --selector <labels>', 'with these labels').option('--no-headers', 'without the first line')
    .examples('oasgen get books', 'oasgen get book the-hobbit -o yaml', 'oasgen get restresources -A      # every resource of every generated kind')
    .action(async (kind: string, name: string | undefined, options) => finish(await (await import('../kubectl/get.js')).get(io, name === undefined ? [kind] : [kind, name], options)))
  onTarget(program.command('apply')).description('Make objects as files say (server-side apply).')
    .addOption(filename().makeOptionMandatory()).option('--dry-run', 'ask the server, change nothing').option('--force', 'take over fields of other managers')
    .examples('oasgen apply -f book.yaml', 'oasgen render -f book.yaml | oasgen apply -f -')
    .action(async (options) => finish(await (await import('../kubectl/apply.js')).apply(io, options)))
  onTarget(program.command('delete [names...]')).description('Delete objects by name or as files say, and wait until they are gone.')
    .addOption(filename()).option('--no-wait', 'do not wait').option('--ignore-not-found', 'what is gone already is no error')
    .option('--timeout <duration>', 'how long to wait', readSeconds, 300)
    .examples('oasgen delete book the-hobbit', 'oasgen delete -f manifests/ --timeout 1m')
    .action(async (names: string[], { timeout, ...options }) => finish(await (await import('../kubectl/delete.js')).remove(io, names, { ...options, timeoutSeconds: timeout })))
  onTarget(program.command('wait <names...>')).description('Wait until objects meet a condition.')
    .requiredOption('--for <what>', "condition=Ready, delete, jsonpath='{.status.id}'=1").option('--all', 'all objects of the kind')
    .option('--timeout <duration>', 'how long', readSeconds, 30)
    .examples('oasgen wait book the-hobbit --for condition=Ready', 'oasgen wait books --all --for condition=Synced --timeout 2m')
    .action(async (names: string[], { timeout, ...options }) => finish(await (await import('../kubectl/wait.js')).wait(io, names, { ...options, timeoutSeconds: timeout })))
}
