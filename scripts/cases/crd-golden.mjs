import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { build, CREATE, definitionOf, documentOf, schemaOf } from './compile.mjs'

/** Kinds made from a schema or from a chart, beside the CRDs that the reference made: names and, field by field, what they take. */
export function answer({ input, want, folder }) {
  return input.schemaFile === undefined ? fromChart(input, want, folder) : fromSchema(input, want, folder)
}

function fromSchema({ schemaFile, group, kind }, want, folder) {
  const { $schema: _, title: __, $defs, ...schema } = JSON.parse(readFileSync(join(folder, schemaFile), 'utf8'))
  const document = documentOf({ create: schema, root: $defs === undefined ? {} : { $defs } })
  const { resource } = build(document, definitionOf({ verbsDescription: [CREATE], kind }, { resourceGroup: group }))
  return { crdFile: verdict(resource, golden(folder, want.crdFile), want.crdFile, ['spec']) }
}

function fromChart({ restDefinition, oas }, want, folder) {
  const { resource, configuration } = build(readFileSync(chart(folder, oas), 'utf8'), parse(readFileSync(chart(folder, restDefinition), 'utf8')))
  return {
    crdFile: verdict(resource, golden(folder, want.crdFile), want.crdFile, ['spec', 'status']),
    configurationCrdFile: holds(configuration, golden(folder, want.configurationCrdFile), want.configurationCrdFile),
  }
}

/** The charts of the cases lie in the folder beside them, under one of two names. */
function chart(folder, path) {
  const near = join(folder, path)
  return existsSync(near) ? near : join(folder, path.replace('peer-providers', 'providers'))
}

function golden(folder, path) {
  const file = chart(folder, path)
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined
}

/** The name of the file when ours is the same kind, else the differences. */
function verdict(crd, want, file, parts) {
  const names = ['plural', 'singular', 'kind', 'listKind'].filter((name) => crd.spec.names[name] !== want.spec.names[name])
  const differing = parts.flatMap((part) => differences(fieldsOf(schemaOf(crd, part), part), fieldsOf(schemaOf(want, part), part)))
  return names.length + differing.length === 0 ? file : [...names.map((name) => `names.${name}`), ...differing]
}

/** Of a Configuration every field that is there has to stay; ours offers more ways to authenticate. */
function holds(crd, want, file) {
  if (want === undefined) return file
  const [ours, theirs] = [fieldsOf(schemaOf(crd, 'spec'), 'spec'), fieldsOf(schemaOf(want, 'spec'), 'spec')]
  const lost = Object.keys(theirs).filter((path) => JSON.stringify(ours[path]) !== JSON.stringify(theirs[path]))
  return lost.length === 0 ? file : lost
}

function differences(ours, theirs) {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter((path) => JSON.stringify(ours[path]) !== JSON.stringify(theirs[path]))
    .map((path) => `${path}: ${JSON.stringify(ours[path])} for ${JSON.stringify(theirs[path])}`)
}

/** Places where one of the two has fields that the other's generation does not know. */
const OTHER_GENERATIONS = ['status.failedObjectRef', 'status.conditions', 'status.observedGeneration', 'status.reconcile']

/** What every field takes. Formats, examples and defaults are kept elsewhere (docs/decisions/0071), `number` stays a number. */
function fieldsOf(schema, path) {
  if (schema === undefined || OTHER_GENERATIONS.includes(path)) return {}
  const type = schema.type === 'number' ? 'integer' : schema.type
  const values = valuesOf(schema)?.filter((value) => value !== null).map(String).toSorted()
  const own = { [path]: { type, required: (schema.required ?? []).map(String).toSorted(), ...(values !== undefined && { enum: values }), isOpen: isOpen(schema) } }
  const below = Object.entries(schema.properties ?? {}).map(([name, child]) => fieldsOf(child, `${path}.${name}`))
  const items = schema.items === undefined ? [] : [fieldsOf(schema.items, `${path}[]`)]
  const entries = typeof schema.additionalProperties === 'object' ? [fieldsOf(schema.additionalProperties, `${path}{}`)] : []
  return Object.assign(own, ...below, ...items, ...entries)
}

/** An enum beside null is a rule here: the API server would refuse the null of an enum that does not list it. */
function valuesOf(schema) {
  const rule = schema['x-kubernetes-validations']?.map(({ rule: text }) => /^self in (\[.*\])$/.exec(text)?.[1]).find((list) => list !== undefined)
  return schema.enum ?? (rule === undefined ? undefined : JSON.parse(rule.replaceAll('\'', '"')))
}

function isOpen(schema) {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
}
