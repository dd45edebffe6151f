import { finding, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { isObject, type JsonValue } from '@oasgen/json'
import { readExactJson } from './exact-json.js'
import { jsonSpans } from './json-spans.js'
import type { Limits } from './limits.js'
import { indexLines, type LineIndex } from './line-index.js'
import type { Spans } from './span.js'
import { adviseJson, adviseYaml } from './syntax-advice.js'
import { finishYaml, type FinishProblem } from './yaml-finish.js'
import { loadYaml, type YamlProblem } from './yaml-reader.js'
import { yamlSpans } from './yaml-spans.js'

/** What stands in a text, with the way to find its places again. */
export interface ParsedText {
  readonly format: 'json' | 'yaml'
  readonly text: string
  readonly value: JsonValue
  readonly spans: Spans
  readonly lines: LineIndex
}

interface Reading {
  readonly text: string
  readonly uri: string
  readonly limits: Limits
  readonly lines: LineIndex
}

/** How many repeated keys of one document are told. */
const DUPLICATES_TOLD = 20

export function parseText(text: string, uri: string, limits: Limits): Checked<ParsedText> {
  const reading: Reading = { text, uri, limits, lines: indexLines(text) }
  return /^\s*[[{]/.test(text) && !/^\s*\{\{/.test(text) ? parseJsonText(reading) : parseYamlText(reading)
}

function parseJsonText(reading: Reading): Checked<ParsedText> {
  const { text, lines, limits } = reading
  const result = readExactJson(text, limits.depth)
  if (result.ok) return { value: { format: 'json', text, value: result.value, spans: jsonSpans(text), lines }, findings: [] }
  const { offset = result.offset, ...texts } = adviseJson(text, result.message, result.offset)
  const where = placeAt(reading, offset)
  if (result.message.includes('too deep')) return refused(finding('OAS0014', { limit: limits.depth }, { where }))
  const lenient = parseYamlText(reading)
  if (!isObject(lenient.value?.value)) return refused(finding('OAS0010', texts, { where }))
  return { value: lenient.value, findings: [finding('OAS0012', texts, { where }), ...lenient.findings] }
}

function parseYamlText(reading: Reading): Checked<ParsedText> {
  const loaded = loadYaml(reading.text, reading.limits.depth)
  if (loaded.ok) return finishText(reading, loaded.values, loaded.duplicates)
  if (/non-printable|null byte/.test(loaded.problem.reason)) return parseCleaned(reading)
  return refused(yamlFinding(reading, loaded.problem))
}

function yamlFinding(reading: Reading, problem: YamlProblem): Finding {
  const where = placeAt(reading, problem.offset)
  if (problem.reason.startsWith('nesting exceeded')) return finding('OAS0014', { limit: reading.limits.depth }, { where })
  const template = templateFinding(reading)
  if (template !== undefined) return template
  const { offset, ...texts } = adviseYaml(reading.text, problem.reason, problem.offset)
  return finding('OAS0011', texts, { where: offset === undefined ? where : placeAt(reading, offset) })
}

/** Helm's braces, where YAML sees brackets of its own. */
function templateFinding(reading: Reading): Finding | undefined {
  const template = /\{\{-?[^{}\n]{0,60}/.exec(reading.text)
  if (template === null) return undefined
  return finding('OAS0019', { found: `${template[0].trim()} …` }, { where: placeAt(reading, template.index) })
}

// eslint-disable-next-line no-control-regex -- exactly the characters that YAML 1.2 forbids
const FORBIDDEN = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]/g

/** Reads on with a space for each forbidden character, so that all places stay where they are. */
function parseCleaned(reading: Reading): Checked<ParsedText> {
  const at = reading.text.search(FORBIDDEN)
  const cleaned = reading.text.replaceAll(FORBIDDEN, ' ')
  const unknown = { problem: 'it holds characters that YAML forbids', advice: 'save the document as UTF-8' }
  if (at === -1 || cleaned === reading.text) return refused(finding('OAS0011', unknown, { where: placeAt(reading, 0) }))
  const character = `U+${reading.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`
  const result = parseYamlText({ ...reading, text: cleaned })
  return { value: result.value, findings: [finding('OAS0017', { character }, { where: placeAt(reading, at) }), ...result.findings] }
}

function finishText(reading: Reading, values: readonly JsonValue[], duplicates: boolean): Checked<ParsedText> {
  const { text, lines, limits } = reading
  const chosen = Math.max(values.findIndex(hasVersion), 0)
  const finished = finishYaml(values[chosen] ?? null, sharesNodes(text), limits)
  if (!finished.ok) return refused(aliasFinding(reading, finished.problem))
  const template = finished.objectAsKey ? templateFinding(reading) : undefined
  if (template !== undefined) return refused(template)
  const spans = yamlSpans(text, limits.depth, chosen)
  const parsed: ParsedText = { format: 'yaml', text, value: finished.value, spans, lines }
  const counts = { count: values.length, chosen: chosen + 1 }
  const several = values.length > 1 ? [finding('OAS0018', counts, { where: placeAt(reading, 0) })] : []
  return { value: parsed, findings: [...several, ...(duplicates ? duplicateFindings(parsed, reading.uri) : [])] }
}

function hasVersion(value: JsonValue): boolean {
  return isObject(value) && (Object.hasOwn(value, 'openapi') || Object.hasOwn(value, 'swagger'))
}

/** Whether an alias has an anchor at all; a text that merely looks so costs a slower pass, nothing else. */
function sharesNodes(text: string): boolean {
  const anchors = new Set(marksIn(text, '&'))
  if (anchors.size === 0) return false
  for (const alias of marksIn(text, '*')) if (anchors.has(alias)) return true
  return false
}

/** The names behind a mark that stands where a node may begin. */
function* marksIn(text: string, mark: '&' | '*'): Generator<string> {
  const name = /[^\s,[\]{}]+/y
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    if (at > 0 && !' \t\n\r,[{:'.includes(text.charAt(at - 1))) continue
    name.lastIndex = at + 1
    const found = name.exec(text)
    if (found !== null) yield found[0]
  }
}

function aliasFinding(reading: Reading, problem: FinishProblem): Finding {
  const where = placeAt(reading, Math.max(reading.text.search(/(?<=^|[\s,[{:])&[^\s,[\]{}]+/m), 0))
  switch (problem) {
    case 'cycle': return finding('OAS0016', {}, { where })
    case 'expansion': return finding('OAS0015', { limit: reading.limits.aliasNodes }, { where })
    case 'depth': return finding('OAS0014', { limit: reading.limits.depth }, { where })
  }
}

/** The members that stand twice. Of JSON they are looked for only when somebody asks: it costs as much as reading it. */
export function duplicateFindings(parsed: ParsedText, uri: string): readonly Finding[] {
  return parsed.spans.duplicates(DUPLICATES_TOLD).map((duplicate) => {
    const where = placeOfSpan(parsed, uri, duplicate.pointer, duplicate.second)
    const first = placeOfSpan(parsed, uri, duplicate.pointer, duplicate.first)
    return finding('OAS0013', { key: duplicate.name }, { where, related: [{ where: first, message: 'the first one, without effect' }] })
  })
}

export function placeOfSpan(
  parsed: Pick<ParsedText, 'lines'>,
  uri: string,
  pointer: string,
  span: { readonly start: number; readonly end?: number },
): DocumentPlace {
  return { kind: 'document', uri, pointer, position: parsed.lines.positionAt(span.start, span.end), ...parsed.lines.excerptAt(span.start) }
}

function placeAt(reading: Reading, offset: number): DocumentPlace {
  return placeOfSpan(reading, reading.uri, '', { start: offset })
}

function refused(problem: Finding): Checked<ParsedText> {
  return { value: undefined, findings: [problem] }
}
