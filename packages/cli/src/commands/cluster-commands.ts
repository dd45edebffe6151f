import { filename, onTarget, output, withDocuments, type Register } from './command.js'

/** What looks into a running system or moves it. */
export const addClusterCommands: Register = (program, io, finish) => {
  onTarget(program.command('describe [kind] [name]')).description('The tree from RestDefinition to CRD, resources, conditions and the last exchanges with the API.')
    .option('-A, --all-namespaces', 'of all namespaces').option('--exchanges <url>', "where the controller's health port is, such as http://127.0.0.1:8081; else it is found")
    .addOption(output('text', 'json', 'yaml'))
    .note('Resources that are Ready are one line together, unless they were named. Secrets are masked by the controller already.')
    .examples('oasgen describe', 'oasgen describe book the-hobbit', 'oasgen describe restdefinition book -o json')
    .action(async (kind: string | undefined, name: string | undefined, options) => finish(await (await import('../describe/describe.js')).describe(io, [kind, name].filter((word) => word !== undefined), options)))
  onTarget(program.command('run')).description('Run provider and controllers here, against a cluster: for development, and where no image can be pulled.')
    .option('--resync <duration>', 'how often a resource in good order is looked at', '3m').option('--install', 'install the RestDefinition CRD first')
    .note('The cluster must have no other provider for the same definitions; a Lease keeps two of them apart.')
    .examples('oasgen run --install', 'oasgen run --kubeconfig ~/.kube/dev --context dev')
    .action(async (options) => finish(await (await import('../run/run.js')).run(io, options)))
  withDocuments(onTarget(program.command('import <kinds...>'))).description('Objects that exist on the other side become manifests; applied, they are taken over without a write.')
    .addOption(filename()).option('--configuration <name>', 'Configuration that the list is asked with and the manifests name').option('--set <fields...>', 'what the list needs and every object gets: owner=acme')
    .option('--id <ids...>', 'only these').option('--output-dir <folder>', 'one file an object instead of standard output').option('--apply', 'apply them at once; those with differences are left out')
    .addOption(output('yaml', 'json'))
    .note('Only reads are sent. Children are listed under every parent that the cluster knows; ids of known resources become references.\nExit codes: 0 all of them need no change · 1 some would be changed by applying them (said in a comment)')
    .examples('oasgen import books --configuration bookshop --output-dir books/', 'oasgen import repo --set org=acme > repos.yaml', 'oasgen import author book --configuration bookshop --apply', 'oasgen import book -f definitions/ -f credentials.yaml --configuration bookshop     # without a cluster')
    .action(async (kinds: string[], options) => finish(await (await import('../import/import.js')).importObjects(io, kinds, options)))
  withDocuments(onTarget(program.command('replay [kind] [name]'))).description('Decide a recorded reconcile again, offline: the same decisions, or the first that differs.')
    .option('--recording <file>', 'instead of what the controller remembers').option('--save <file>', 'write the recording (masked) for later or for a bug report')
    .option('--with <files...>', 'another definition decides over the same answers').option('--exchanges <url>', "where the controller's health port is")
    .addOption(output('text', 'json'))
    .examples('oasgen replay book the-hobbit', 'oasgen replay book the-hobbit --save stuck.json', 'oasgen replay --recording stuck.json --with changed-definition.yaml')
    .action(async (kind: string | undefined, name: string | undefined, options) => finish(await (await import('../replay/replay.js')).replay(io, [kind, name].filter((word) => word !== undefined), options)))
}
