import { writeJson, type JsonValue } from '@oasgen/json'
import type { Kube } from '@oasgen/kube'
import { GROUP, PLURAL } from '@oasgen/restdefinition'
import { CommandError, EXIT, usesColour, type CommandIo, type ExitCode } from '../io.js'
import { findTypes } from '../kubectl/kinds.js'
import { connectTarget } from '../kubectl/target.js'
import { openExchanges, type ExchangeOptions } from '../plan/exchanges.js'
import { printYaml } from '../yaml.js'
import { collect, type DescribedDefinition, type Wanted } from './collect.js'
import { treeText } from './tree.js'

export interface DescribeOptions extends ExchangeOptions {
  readonly output?: string
  readonly allNamespaces?: boolean
}

/** From the definition down to what was said on the wire. */
export async function describe(io: CommandIo, names: readonly string[], options: DescribeOptions): Promise<ExitCode> {
  const target = await connectTarget(io, options)
  const exchanges = openExchanges(io, options)
  try {
    const namespace = options.allNamespaces === true || names.length === 0 ? options.namespace : target.namespace
    const wanted = await wantedOf(target.kube, names, options.allNamespaces === true ? undefined : namespace)
    const described = await collect({ kube: target.kube, exchanges, wanted })
    checkFound(described, wanted)
    io.out(printed(io, described, options))
    return EXIT.ok
  } finally {
    await exchanges.close()
    await target.kube.close()
  }
}

async function wantedOf(kube: Kube, names: readonly string[], namespace: string | undefined): Promise<Wanted> {
  const [kind, name] = names.flatMap((word) => word.split('/'))
  if (kind === undefined) return { namespace }
  const [type] = await findTypes(kube, kind)
  if (type === undefined) return { namespace }
  if (type.group === GROUP && type.plural === PLURAL) return { namespace, ...(name !== undefined && { definition: name }) }
  return { namespace, resource: { type, ...(name !== undefined && { name }) } }
}

function checkFound(described: readonly DescribedDefinition[], { definition, resource }: Wanted): void {
  if (described.length === 0 && resource !== undefined) throw new CommandError(`no RestDefinition makes ${resource.type.plural}.${resource.type.group}`, { help: 'oasgen get restdefinitions -A' })
  if (described.length === 0 && definition !== undefined) throw new CommandError(`there is no RestDefinition ${definition}`, { help: 'oasgen get restdefinitions -A' })
  const name = resource?.name
  if (name !== undefined && !described.some(({ resources }) => resources.some((one) => one.name === name))) throw new CommandError(`there is no ${resource?.type.kind ?? ''} ${name}`, { help: `oasgen get ${resource?.type.plural ?? ''} -A` })
}

function printed(io: CommandIo, described: readonly DescribedDefinition[], { output }: DescribeOptions): string {
  if (output === 'json') return `${writeJson(described as unknown as JsonValue, { indent: 2 })}\n`
  if (output === 'yaml') return printYaml(described as unknown as JsonValue)
  return described.length === 0 ? 'no RestDefinition\n' : treeText(described, { colour: usesColour(io), columns: io.columns })
}
