import { readPort, type Register } from './command.js'

export const addUpCommands: Register = (program, io, finish) => {
  program.command('up [paths...]')
    .description('Start a control plane here, with the RestDefinitions and resources of files or folders. No cluster needed.')
    .option('--demo', 'start the bookshop too, a small API to play with')
    .option('--in-memory', 'keep nothing on disk')
    .option('--port <port>', 'port of the Kubernetes API; 0 takes a free one', readPort, 16443)
    .option('--demo-port <port>', 'port of the bookshop; 0 takes a free one', readPort, 18080)
    .option('--watch', 'apply the files again when they change')
    .option('--plain', 'lines instead of a live view, as in a pipe')
    .examples('oasgen up --demo', 'oasgen up ./manifests --watch', 'oasgen up book.restdefinition.yaml book.yaml --port 0')
    .action(async (paths: string[], options) => finish(await (await import('../up/up.js')).up(io, paths, options)))
  const demo = program.command('demo').description('Play with the bookshop that `up --demo` started.').examples('oasgen demo meddle', 'oasgen demo stop')
  demo.command('meddle').description('Change a book in the API behind our back.').examples('oasgen demo meddle')
    .action(async () => finish(await (await import('../up/demo.js')).meddle(io)))
  demo.command('stop').description('Stop the bookshop, as if the API were down.').examples('oasgen demo stop')
    .action(async () => finish(await (await import('../up/demo.js')).stopDemo(io)))
  demo.command('start').description('Start it again.').examples('oasgen demo start')
    .action(async () => finish(await (await import('../up/demo.js')).startDemo(io)))
  demo.command('ledger').description('What the bookshop was asked to do.').examples('oasgen demo ledger', 'oasgen demo ledger | grep POST')
    .action(async () => finish(await (await import('../up/demo.js')).printLedger(io)))
}
