import type { Checked, DocumentPlace, Finding } from '@oasgen/diagnostics'
import type { JsonValue } from '@oasgen/json'
import { resolveLimits } from './limits.js'
import { parseText, type ParsedText } from './parse-text.js'
import { placesOf } from './places.js'

/** One document of a manifest file, with exact numbers and places. */
export interface ManifestText {
  readonly value: JsonValue
  readonly place: (pointer: string) => DocumentPlace
}

/** The documents of a YAML or JSON file (`---` between them), read by the same reader as OpenAPI documents. */
export function readManifestText(text: string, uri: string): Checked<readonly ManifestText[]> {
  const findings: Finding[] = []
  const manifests: ManifestText[] = []
  for (const part of splitDocuments(text)) {
    const parsed = parseText(part, uri, resolveLimits())
    findings.push(...parsed.findings)
    if (parsed.value !== undefined && parsed.value.value !== null) manifests.push(manifestOf(parsed.value, uri))
  }
  return { value: manifests, findings }
}

function manifestOf(parsed: ParsedText, uri: string): ManifestText {
  return { value: parsed.value, place: placesOf(parsed, uri) }
}

// Each part keeps the line breaks of what stands before it, so that its lines count as in the file.
function splitDocuments(text: string): readonly string[] {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, at) => (/^---(\s|$)/.test(line) ? [at] : []))
  const bounds = [...(starts[0] === 0 ? [] : [-1]), ...starts, lines.length]
  return bounds.slice(0, -1).flatMap((start, at) => {
    const part = lines.slice(start + 1, bounds[at + 1])
    return part.every((line) => /^\s*(#.*)?$/.test(line)) ? [] : ['\n'.repeat(start + 1) + part.join('\n')]
  })
}
