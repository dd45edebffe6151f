import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { printYaml } from '../yaml.js'
import { exampleOf, partsOf } from './example.js'

/** A Configuration with its Secret, to be filled in; undefined where the kind needs none. */
export function configurationText(crd: JsonObject, name: string, { hasServer }: { readonly hasServer: boolean }): string | undefined {
  const { head, spec } = partsOf(crd)
  const required: JsonObject = { ...(!hasServer && { baseURL: 'https://CHANGE-ME' }), ...(exampleOf(spec) as JsonObject) }
  const schemes = schemesOf(spec)
  const [first] = schemes
  if (first === undefined) return Object.keys(required).length === 0 ? undefined : printYaml({ ...head, metadata: { name }, spec: required })
  const secret = `${name}-credentials`
  const [scheme, schema] = first
  const others = schemes.slice(1).map(([other]) => other)
  const refs = refsOf(schema)
  return [
    ...(hasServer ? [] : ['# The document does not say where the API is: set baseURL.']),
    '# The credentials of the API: fill in the Secret, or name one that is there already.',
    ...(others.length === 0 ? [] : [`# The API also takes: ${others.join(', ')} (see kubectl explain ${textOf(head.kind).toLowerCase()}.spec.authentication).`]),
    printYaml({ apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace: 'default' }, stringData: Object.fromEntries(refs.map(([, key]) => [key, 'CHANGE-ME'])) }).trimEnd(),
    '---',
    printYaml({ ...head, metadata: { name }, spec: { ...required, authentication: { [scheme]: authenticationOf(schema, secret) } } }),
  ].join('\n')
}

/** The schemes of the document; a login is written by people who know that the API wants one. */
function schemesOf(spec: JsonObject): readonly (readonly [string, JsonObject])[] {
  const authentication = isObject(spec.properties) ? spec.properties.authentication : undefined
  const schemes = isObject(authentication) && isObject(authentication.properties) ? authentication.properties : {}
  return Object.entries(schemes).flatMap(([name, schema]) => (name !== 'login' && isObject(schema) ? [[name, schema] as const] : []))
}

/** References to keys of Secrets: the name of the field, and the key that the Secret shall have for it. */
function refsOf(schema: JsonObject): readonly (readonly [field: string, key: string])[] {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.map(textOf) : []
  return required.flatMap((name) => (isObject(properties[name]) && name.endsWith('Ref') ? [[name, name.slice(0, -'Ref'.length)] as const] : []))
}

function authenticationOf(schema: JsonObject, secret: string): JsonObject {
  const refs = Object.fromEntries(refsOf(schema).map(([field, key]) => [field, { name: secret, namespace: 'default', key }]))
  return { ...(exampleOf(schema) as JsonObject), ...refs }
}
