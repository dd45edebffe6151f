import type { DescribedCondition, DescribedDefinition, DescribedExchange, DescribedResource, DescribedState } from './collect.js'

export interface TreeOptions {
  readonly colour: boolean
  readonly columns: number
}

interface Node {
  readonly lines: readonly string[]
  readonly children: readonly Node[]
}

/** The tree from definition to exchange. What is well and was not asked for is one line for all of it. */
export function treeText(definitions: readonly DescribedDefinition[], options: TreeOptions): string {
  return definitions.map((definition) => print(definitionNode(definition, options)).map((line) => `${line}\n`).join('')).join('\n')
}

function print({ lines, children }: Node): readonly string[] {
  const below = children.flatMap((child, index) => {
    const isLast = index === children.length - 1
    return print(child).map((line, at) => `${at === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  '}${line}`)
  })
  const [first = '', ...more] = lines
  return [first, ...more.map((line) => `${children.length > 0 ? '│  ' : '   '}${line}`), ...below]
}

function definitionNode(definition: DescribedDefinition, options: TreeOptions): Node {
  const { namespace, name, state, document, conditions, findings, crd, kind, resources } = definition
  const trouble = state === 'Ready' ? [] : conditionLines(conditions, options)
  const children = resources.length === 0 ? [{ lines: [`no ${kind} yet`], children: [] }] : resourceNodes(resources, options)
  const crdNode: Node = crd === undefined
    ? { lines: [`CRD of ${kind}: not there`], children: [] }
    : { lines: [`CRD ${crd.name}  ${crd.state} · ${crd.versions.join(', ')}`], children }
  return {
    lines: [`RestDefinition ${namespace}/${name}  ${painted(state, options)}`, `document ${document}`, ...findings.flatMap((text) => wrapped(`finding ${text}`, options)), ...trouble],
    children: [crdNode],
  }
}

function resourceNodes(resources: readonly DescribedResource[], options: TreeOptions): readonly Node[] {
  const shown = resources.filter(({ exchanges }) => exchanges !== undefined)
  const rest = resources.length - shown.length
  const kind = resources[0]?.kind ?? ''
  const collapsed: readonly Node[] = rest === 0 ? [] : [{ lines: [`${shown.length === 0 ? '' : 'and '}${rest} ${kind}, ${rest === 1 ? 'Ready' : 'all Ready'}`], children: [] }]
  return [...shown.map((resource) => resourceNode(resource, options)), ...collapsed]
}

function resourceNode({ kind, namespace, name, state, externalName, generation, observedGeneration, conditions, exchanges = [] }: DescribedResource, options: TreeOptions): Node {
  const facts = [
    ...(externalName === undefined ? ['not known on the other side yet'] : [`external name ${externalName}`]),
    observedGeneration === generation ? `generation ${generation}, observed` : `generation ${generation}, observed ${observedGeneration ?? 'never'}`,
  ]
  return {
    lines: [`${kind} ${namespace}/${name}  ${painted(state, options)}`, facts.join(' · '), ...conditionLines(conditions, options)],
    children: exchanges.length === 0 ? [] : [{ lines: ['last exchanges', ...exchanges.map(exchangeText)], children: [] }],
  }
}

function exchangeText({ at, line, why }: DescribedExchange): string {
  return `${at.slice(11, 19)}  ${line}   (${why})`
}

function conditionLines(conditions: readonly DescribedCondition[], options: TreeOptions): readonly string[] {
  const widths = (['type', 'status', 'reason'] as const).map((name) => Math.max(0, ...conditions.map((condition) => condition[name].length)))
  return conditions.flatMap(({ type, status, reason, message }) => {
    const head = `${type.padEnd(widths[0] ?? 0)}  ${status.padEnd(widths[1] ?? 0)}  ${reason.padEnd(widths[2] ?? 0)}`
    const [first = '', ...more] = wrapped(message, { ...options, columns: options.columns - head.length - 2 })
    return [`${head}  ${first}`.trimEnd(), ...more.map((line) => ' '.repeat(head.length + 2) + line)]
  })
}

const INDENT = 12

function wrapped(text: string, { columns }: TreeOptions): readonly string[] {
  const width = Math.max(24, columns - INDENT)
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const COLOURS: Readonly<Record<DescribedState, number>> = { Ready: 32, Progressing: 36, Stalled: 31, Deleting: 90, 'Not ready': 33, Paused: 90, New: 36 }

function painted(state: DescribedState, { colour }: TreeOptions): string {
  return colour ? `\u001b[${COLOURS[state]}m${state}\u001b[39m` : state
}
