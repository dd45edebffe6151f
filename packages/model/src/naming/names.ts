import type { RestDefinition } from '@oasgen/restdefinition'
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

/** The reference's plural, once lower-cased, is a legal name for every legal kind. */
export function buildNames(definition: RestDefinition): ModelNames {
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
    plural: own.plural ?? pluralOf(kind),
    shortNames: own.shortNames,
    categories: [...new Set([lower, 'restresources', 'rr', ...own.categories])],
  }
}
