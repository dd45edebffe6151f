import { API } from './apiserver.js'
import { CLI } from './cli.js'
import { CNF } from './conform.js'
import { CTL } from './controller.js'
import { CRD } from './crd.js'
import { ENG } from './engine.js'
import type { CatalogueEntry } from './entry.js'
import { EXP } from './expressions.js'
import { KUB } from './kube.js'
import { MDL } from './model.js'
import { OAS } from './openapi.js'
import { PLN } from './planner.js'
import { PRV } from './provider.js'
import { RDF } from './restdefinition.js'
import { NET } from './transport.js'

export const CATALOGUE = { ...OAS, ...RDF, ...MDL, ...CRD, ...PLN, ...EXP, ...ENG, ...NET, ...KUB, ...CTL, ...API, ...PRV, ...CLI, ...CNF }

export type FindingCode = keyof typeof CATALOGUE

export function entryOf(code: string): CatalogueEntry | undefined {
  return Object.hasOwn(CATALOGUE, code) ? (CATALOGUE as Readonly<Record<string, CatalogueEntry>>)[code] : undefined
}
