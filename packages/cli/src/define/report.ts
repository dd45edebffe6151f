import { CATALOGUE, type Finding } from '@oasgen/diagnostics'
import { VERSION } from '../version.js'

/** SARIF 2.1.0, which code scanning of forges reads. */
export function sarifText(findings: readonly Finding[]): object {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'oasgen', version: VERSION, rules: codes.map(sarifRule) } },
      results: findings.map((found) => ({
        ruleId: found.code, level: LEVELS[found.severity],
        message: { text: found.help === undefined ? found.message : `${found.message}\n${found.help}` },
        locations: sarifLocations(found),
      })),
    }],
  }
}

const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const

function sarifRule(code: string): object {
  const entry = (CATALOGUE as Readonly<Record<string, { readonly reason: string; readonly explain: string }>>)[code]
  return { id: code, name: entry?.reason ?? code, fullDescription: { text: entry?.explain ?? '' } }
}

function sarifLocations({ where }: Finding): readonly object[] {
  if (where?.kind !== 'document') return []
  const region = where.position === undefined ? {} : {
    region: { startLine: where.position.line, startColumn: where.position.column, ...(where.position.endColumn !== undefined && { endColumn: where.position.endColumn }) },
  }
  return [{ physicalLocation: { artifactLocation: { uri: where.uri }, ...region } }]
}

/** Workflow commands: annotations on the changed lines of a pull request. */
export function githubText(findings: readonly Finding[]): string {
  return findings.map((found) => {
    const place = found.where?.kind === 'document' ? ` file=${found.where.uri}${found.where.position === undefined ? '' : `,line=${found.where.position.line},col=${found.where.position.column}`},` : ' '
    return `::${found.severity}${place}title=${found.code}::${escaped(found.message)}\n`
  }).join('')
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
