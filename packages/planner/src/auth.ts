import type { ResourceModel, SchemeModel } from '@oasgen/model'
import { resolveUri, type Operation, type SecurityAlternative } from '@oasgen/openapi'
import type { SchemePlan } from '@oasgen/plan'
import type { AuthAlternative, AuthRequirement } from '@oasgen/wire'
import { allOperations } from './calls.js'

/** How each scheme of the document is satisfied. */
export function compileSchemes(model: ResourceModel): Readonly<Record<string, SchemePlan>> {
  const entries = (model.configuration?.schemes ?? []).flatMap((scheme) => {
    const plan = schemePlan(model, scheme)
    return plan === undefined ? [] : [[scheme.name, plan] as const]
  })
  return Object.fromEntries(entries)
}

function schemePlan(model: ResourceModel, { method, block, scheme, name }: SchemeModel): SchemePlan | undefined {
  switch (method) {
    case 'basic': case 'bearer': case 'digest': case 'mutualTLS': case 'ociSignature': return { type: method, block }
    case 'http': return { type: 'http', block, scheme: scheme.type === 'http' ? scheme.scheme : name }
    case 'apiKey': return scheme.type === 'apiKey' ? { type: 'apiKey', block, in: scheme.in, name: scheme.parameter } : undefined
    case 'openIdConnect': return scheme.type === 'openIdConnect' ? { type: method, block, url: absolute(model, scheme.url) } : undefined
    case 'oauth2': return oauthPlan(model, { method, block, scheme, name })
    case 'awsV4': return { type: 'awsV4', block, ...hint(scheme, 'service'), ...hint(scheme, 'region') }
    case 'unsupported': return undefined
  }
}

/** `x-oasgen-service`, `x-oasgen-region`: what the Configuration may leave out. */
function hint({ extensions }: SchemeModel['scheme'], name: 'service' | 'region'): { readonly service?: string; readonly region?: string } {
  const value = extensions[`x-oasgen-${name}`]
  return typeof value === 'string' ? { [name]: value } : {}
}

function oauthPlan(model: ResourceModel, { block, scheme, name }: SchemeModel): SchemePlan | undefined {
  if (scheme.type !== 'oauth2') return undefined
  const flow = scheme.flows.clientCredentials === undefined ? 'password' : 'clientCredentials'
  return { type: 'oauth2', block, flow, tokenUrl: absolute(model, scheme.flows[flow]?.tokenUrl ?? ''), scopes: scopesOf(model, name) }
}

/** Addresses of the document may be relative to it. */
function absolute({ document }: ResourceModel, url: string): string {
  return url !== '' && /^https?:\/\//i.test(document.uri) ? resolveUri(document.uri, url) : url
}

/** All that the calls need, so that one token serves them all. */
function scopesOf(model: ResourceModel, name: string): readonly string[] {
  const uses = allOperations(model).flatMap(({ security }) => security.alternatives.flatMap(({ schemes }) => schemes))
  const scopes = uses.filter((use) => use.name === name).flatMap((use) => use.scopes)
  return [...new Set(scopes)].toSorted()
}

/**
 * What a call needs. As the reference, credentials that the Configuration has are sent whatever the operation says; a document that
 * says nothing at all, or names only schemes that nobody can satisfy, does not forbid to go without. Under `strict` its word counts.
 */
export function requirementOf(model: ResourceModel, { security }: Operation): AuthRequirement | undefined {
  const known = new Set((model.configuration?.schemes ?? []).map(({ name }) => name))
  if (known.size === 0) return undefined
  const isStrict = model.definition.resource.schema === 'strict'
  const declared = security.alternatives.filter(({ schemes }) => schemes.every(({ name }) => known.has(name))).map(alternativePlan)
  const said = declared.filter(({ schemes }) => schemes.length > 0)
  const isSaid = isStrict && security.origin !== 'undeclared'
  const others = isSaid ? [] : [...known].map(single).filter((each) => !said.some((other) => isSame(each, other)))
  const mayGoWithout = declared.length === 0 || declared.length > said.length
  const alternatives = [...said, ...others, ...(mayGoWithout ? [{ schemes: [] }] : [])]
  return alternatives.every(({ schemes }) => schemes.length === 0) ? undefined : { alternatives }
}

function alternativePlan({ schemes }: SecurityAlternative): AuthAlternative {
  return { schemes: schemes.map(({ name, scopes }) => ({ scheme: name, scopes })) }
}

function single(scheme: string): AuthAlternative {
  return { schemes: [{ scheme, scopes: [] }] }
}

function isSame(a: AuthAlternative, b: AuthAlternative): boolean {
  return a.schemes.length === b.schemes.length && a.schemes.every(({ scheme }, at) => scheme === b.schemes[at]?.scheme)
}
