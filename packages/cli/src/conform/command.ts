import { onFiles, output, type Register } from '../commands/command.js'

export const addConformCommand: Register = (program, io, finish) => {
  onFiles(program.command('conform')).description('Drive definitions through a hostile copy of their API, and print a score card. No cluster and no network are needed.')
    .option('--switch <switches>', 'ways to go wrong, separated by commas; several at once with +: eventual,paged+hangAfter. Default: none, then each that applies')
    .option('--verb <verbs>', 'requests that faults happen to: observe,create,update,delete. Default: all').option('--seed <number>', 'dice that fall the same way each time', '1')
    .option('--har <file>', 'write everything that was sent and answered as HTTP Archive').option('--arazzo <file>', 'write what was done as an Arazzo document')
    .option('--list', 'show the switches').addOption(output('text', 'json').default('text'))
    .note('A resource among the files is used; else one is made up of the CRD.\n`told`: it did not converge, and the conditions say why. Exit codes: 0 nothing wrong · 1 duplicates, orphans, needless writes or conditions that are not true · 2 wrong usage · 69 something cannot be read')
    .examples('oasgen conform -f definitions/', 'oasgen conform -f book.yaml --document ./openapi.yaml --switch none,eventual+hangAfter', 'oasgen conform -f book.yaml --har book.har --arazzo book.arazzo.json')
    .action(async (options) => finish(await (await import('./conform.js')).conform(io, options)))
}
