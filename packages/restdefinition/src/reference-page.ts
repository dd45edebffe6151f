import { SPEC } from './table/definition.js'
import type { Node, Release } from './table/node.js'

/** The field reference of the documentation: what we add to the reference first, then every field. Markdown. */
export function renderFieldReference(): string {
  const rows = rowsOf(SPEC, 'spec')
  const added = rows.filter(({ node, parent }) => node.since === 'oasgen 0.1' && parent?.since !== 'oasgen 0.1')
  return [
    '# Fields of a RestDefinition', '',
    'Made from the table that the CRD and the reader use; do not edit. Fields of the reference keep their name and meaning.', '',
    '## Additions', '', ...table(added), '',
    '## All fields', '', ...table(rows), '',
  ].join('\n')
}

interface Row {
  readonly path: string
  readonly node: Node
  readonly parent?: Node
  readonly needed: boolean
}

function rowsOf(node: Node, path: string): readonly Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const below = `${path}.${name}${child.type === 'array' ? '[]' : ''}`
    const row: Row = { path: below, node: child, parent: node, needed: node.required?.includes(name) === true }
    return [row, ...rowsOf(child.items ?? child, below)]
  })
}

function table(rows: readonly Row[]): readonly string[] {
  return ['| field | type | meaning | since | stability |', '|---|---|---|---|---|', ...rows.map(line)]
}

function line({ path, node, needed }: Row): string {
  const absent = node.fallback === undefined ? '' : ` Absent: \`${JSON.stringify(node.fallback)}\`.`
  const choices = node.choices === undefined ? typeText(node) : node.choices.join(', ')
  const cells = [
    `\`${path}\``,
    `${choices}${needed ? ', required' : ''}`,
    `${node.description}${absent}`,
    node.since,
    stability(node.since),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

function typeText({ type, items }: Node): string {
  if (type === 'array') return `list of ${items?.type ?? 'any'}`
  return type === 'open' || type === 'map' ? 'object' : type
}

function stability(since: Release): string {
  return since === 'oasgen 0.1' ? 'beta' : 'stable'
}
