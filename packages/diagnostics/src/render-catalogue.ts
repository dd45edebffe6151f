import type { Catalogue, CatalogueEntry } from './catalogue/entry.js'
import { CATALOGUE, entryOf } from './catalogue/index.js'
import { RETIRED } from './catalogue/retired.js'

/** What a prefix stands for, in the order of the page. */
export const PREFIXES = {
  OAS: 'the OpenAPI document and where it comes from',
  RDF: 'the RestDefinition',
  MDL: 'document and RestDefinition together',
  CRD: 'the generated kinds',
  PLN: 'the Plan',
  EXP: 'expressions: CEL, jq, regular expressions',
  ENG: 'what the controller decides for a resource',
  NET: 'HTTP to the outside',
  KUB: 'the Kubernetes API',
  CTL: 'the controller as a process',
  API: 'the embedded control plane',
  PRV: 'the provider',
  CLI: 'the command',
  CNF: 'conformance runs',
} as const

/** `docs/diagnostics.md`: every code with what it means and what to do. Made from the catalogue, never edited. */
export function renderCatalogue(): string {
  const codes = Object.keys(CATALOGUE).sort()
  const sections = Object.entries(PREFIXES).flatMap(([prefix, title]) => sectionOf(prefix, title, codes))
  return `${[INTRODUCTION, overview(codes), ...sections, ...retired()].join('\n\n')}\n`
}

const INTRODUCTION = `# Diagnostics

<!-- Made from packages/diagnostics/src/catalogue by \`npm run generate\`; edit there. -->

Every finding has a code that never changes its meaning. \`oasgen explain <code>\` prints the same text. The reason stands on
conditions and events; places in braces are filled in when a finding is made.`

function overview(codes: readonly string[]): string {
  const rows = Object.entries(PREFIXES).map(([prefix, title]) => `| ${prefix} | ${title} | ${withPrefix(codes, prefix).length} |`)
  return ['| prefix | findings about | codes |', '|---|---|---|', ...rows].join('\n')
}

function withPrefix(codes: readonly string[], prefix: string): readonly string[] {
  return codes.filter((code) => code.startsWith(prefix))
}

function sectionOf(prefix: string, title: string, codes: readonly string[]): readonly string[] {
  const own = withPrefix(codes, prefix)
  if (own.length === 0) return []
  return [`## ${prefix}: ${title}`, ...own.flatMap((code) => renderEntry(code, (CATALOGUE as Catalogue)[code] as CatalogueEntry))]
}

function renderEntry(code: string, entry: CatalogueEntry): string {
  const help = entry.help === undefined ? [] : [quote('What to do', entry.help)]
  return [`### ${code} ${entry.reason}`, `${entry.severity}: ${escaped(entry.message)}`, ...help, entry.explain.trim()].join('\n\n')
}

/** Several lines may hold YAML: they keep their form. */
function quote(title: string, text: string): string {
  const trimmed = text.trim()
  if (!trimmed.includes('\n')) return `**${title}:** ${escaped(trimmed)}`
  const [first = '', ...rest] = trimmed.split('\n')
  return `**${title}:** ${escaped(first)}\n\n\`\`\`\n${rest.join('\n')}\n\`\`\``
}

// Outside of code spans, `<` and `*` would be read as markup.
function escaped(text: string): string {
  return text.split(/(`[^`]*`)/).map((part, at) => (at % 2 === 1 ? part : part.replace(/[<*_]/g, (mark) => `\\${mark}`))).join('')
}

function retired(): readonly string[] {
  const rows = Object.entries(RETIRED).map(([code, why]) => `| ${code} | ${why} |`)
  return rows.length === 0 ? [] : ['## Retired codes', ['| code | instead |', '|---|---|', ...rows].join('\n')]
}

/** The page of `oasgen explain`, as Markdown; `undefined` for a code that never was. */
export function renderExplanation(code: string): string | undefined {
  const entry = entryOf(code)
  if (entry !== undefined) return `${renderEntry(code, entry).replace(/^### /, '# ')}\n`
  return Object.hasOwn(RETIRED, code) ? `# ${code}\n\nThis code is retired: ${RETIRED[code] ?? ''}\n` : undefined
}
