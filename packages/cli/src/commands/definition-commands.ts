import { filename, onFiles, onTarget, output, withDocuments, type Register } from './command.js'

export const addDefinitionCommands: Register = (program, io, finish) => {
  program.command('init <openapi>').description('Find the resources of an OpenAPI document and write RestDefinitions for them.')
    .option('--kind <kinds...>', 'write these').option('--all', 'write all that are not broken').option('--list', 'write none, only show what was found')
    .option('--group <group>', 'API group of the kinds').option('--oas-path <address>', 'what the definitions name as their document')
    .option('--output-dir <folder>', 'where to', '.').addOption(output('text', 'json'))
    .examples('oasgen init https://api.example.com/openapi.json            # pick in a terminal', 'oasgen init ./openapi.yaml --list', 'oasgen init ./openapi.yaml --kind Zone --kind Record --output-dir zones')
    .action(async (address: string, options) => finish(await (await import('../init/init.js')).init(io, address, options)))
  onFiles(program.command('render')).description('What the provider would make of RestDefinitions: CRDs, offline and deterministic, to be committed.')
    .option('--rbac', 'the rights of the controllers too').option('--plan', 'the Plans too').option('--fidelity', 'what of the document was carried, weakened, dropped')
    .option('--output-dir <folder>', 'one file an object instead of standard output')
    .examples('oasgen render -f book.yaml --document ./openapi.yaml --output-dir crds/', 'oasgen render -f book.yaml --rbac --plan')
    .action(async (options) => finish(await (await import('../define/render.js')).render(io, options)))
  onFiles(program.command('validate')).description('Judge RestDefinitions with their documents, and resources by the kinds that they give.')
    .addOption(output('text', 'json', 'sarif', 'github'))
    .option('--strict', 'warnings fail too, and documents are judged by the official schema of their OpenAPI version')
    .option('--fix', 'write the fixes that findings bring into the files').option('--reference', 'what the definitions would lose on the reference provider')
    .note('Exit codes: 0 nothing wrong · 1 findings of severity error (with --strict: warnings too) · 2 wrong usage · 69 something cannot be read')
    .examples('oasgen validate -f definitions/', 'oasgen validate -f book.yaml -o sarif > findings.sarif', 'oasgen validate -f book.yaml --strict --fix')
    .action(async (options) => finish(await (await import('../define/validate.js')).validate(io, options)))
  program.command('explain <code>').description('What a finding means, how it comes about, and what to do.').examples('oasgen explain MDL0213')
    .action(async (code: string) => finish((await import('../define/explain.js')).explain(io, code)))
}

/** What would happen, and what did. */
export const addPlanCommands: Register = (program, io, finish) => {
  onTarget(onFiles(program.command('plan'))).description('The exact requests that resources would cause, and the difference that causes them. Nothing is changed.')
    .option('--live', 'read the API (GET only) and the cluster, and compare with what is there')
    .option('--observed', 'all resources of a cluster under these definitions, from their last observation: no request leaves')
    .option('--exchanges <url>', "where the controller's /debug/exchanges is, for --observed").option('--exit-code', 'exit with 1 when anything would be sent')
    .addOption(output('text', 'json'))
    .note('Exit codes: 0 planned · 1 something cannot be planned (with --exit-code: or would be changed) · 2 wrong usage · 69 something cannot be read')
    .examples('oasgen plan -f definitions/ -f book.yaml', 'oasgen plan -f repo.yaml --live', 'oasgen plan -f new-definition.yaml --observed -o json   # a whole fleet under a changed definition')
    .action(async (options) => finish(await (await import('../plan/plan.js')).plan(io, options)))
  withDocuments(program.command('diff <before> <after>')).description('Two documents under the same definitions, or two definitions: what changes in the kind and in behaviour.')
    .addOption(filename()).option('--exit-code', 'exit with 1 when anything changes').addOption(output('text', 'json'))
    .note('`breaking`: data would be lost. `narrowing`: some objects would be refused at their next write. `additive`: nothing that exists is touched.')
    .examples('oasgen diff old-openapi.yaml new-openapi.yaml -f definitions/', 'oasgen diff main/book.yaml book.yaml --document ./openapi.yaml -f resources/')
    .action(async (before: string, after: string, options) => finish(await (await import('../diff/diff.js')).diff(io, before, after, options)))
}
