import { Argument } from 'commander'
import { filename, onTarget, output, withDocuments, type OasgenCommand, type Register } from './command.js'

export const addShellCommands: Register = (program, io, finish) => {
  withDocuments(onTarget(program.command('schema [kinds...]'))).description('JSON Schemas for editors: of RestDefinition, and of generated kinds from definitions or a cluster.')
    .addOption(filename()).option('--output-dir <folder>', 'one file a kind instead of standard output')
    .examples('oasgen schema > restdefinition.schema.json', 'oasgen schema -f definitions/ --output-dir .schemas', 'oasgen schema books')
    .action(async (kinds: string[], options) => finish(await (await import('../schema/schema.js')).schema(io, kinds, options)))
  program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish'])).description('A script that completes commands and options in a shell.')
    .examples('source <(oasgen completion bash)', 'oasgen completion zsh > "${fpath[1]}/_oasgen"', 'oasgen completion fish > ~/.config/fish/completions/oasgen.fish')
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const [{ completionScript }, { treeOf }] = await Promise.all([import('../shell/completion.js'), import('../shell/tree.js')])
      io.out(completionScript(shell, treeOf(program as OasgenCommand)))
      finish(0)
    })
  program.command('version').description('Version and build facts, for bug reports.').addOption(output('text', 'json')).examples('oasgen version', 'oasgen version -o json')
    .action(async (options) => finish((await import('../shell/version.js')).printVersion(io, options)))
}
