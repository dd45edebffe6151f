import { finding, type Finding } from '@oasgen/diagnostics'
import { definitionPlace, type RestDefinition } from '@oasgen/restdefinition'
import { pluralOf } from './plural.js'

/** The names of a generated kind in Kubernetes. */
export interface ModelNames {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly singular: string
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/

export function buildNames(definition: RestDefinition, findings: Finding[]): ModelNames {
  const { resource, resourceGroup } = definition
  const kind = resource.kind.charAt(0).toUpperCase() + resource.kind.slice(1)
  const lower = kind.toLowerCase()
  const own = resource.names
  return {
    group: resourceGroup,
    version: 'v1alpha1',
    kind,
    listKind: `${kind}List`,
    singular: own.singular ?? lower,
    plural: own.plural ?? legalPlural(definition, kind, findings),
    shortNames: own.shortNames,
    categories: [...new Set([lower, 'restresources', 'rr', ...own.categories])],
  }
}

/** The reference's plural library also answers words that no API server takes. */
function legalPlural(definition: RestDefinition, kind: string, findings: Finding[]): string {
  const plural = pluralOf(kind)
  if (LABEL.test(plural) && plural.length <= 63) return plural
  const fallback = `${kind.toLowerCase()}s`
  findings.push(finding('MDL0101', { kind, plural, fallback }, { where: definitionPlace(definition, '/spec/resource/kind') }))
  return fallback
}
