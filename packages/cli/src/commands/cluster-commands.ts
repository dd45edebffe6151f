import { onTarget, output, type Register } from './command.js'

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
}
