import { finding, type Finding } from '@oasgen/diagnostics'
import { fromPointer, getPath, printPath } from '@oasgen/fieldpath'
import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { type Document, overlayTarget, type Schema } from '@oasgen/openapi'
import { nearestName } from '@oasgen/restdefinition'
import { isObjectSchema, propertiesOf, schemaAt } from '../schema/look.js'
import { answerOf, type StatusFieldModel } from '../resource/status.js'
import { successResponse } from '../verb/response.js'
import type { ResourceModel } from '../resource-model.js'
import { at, sameWord } from './places.js'

export function statusFindings(model: ResourceModel, document: Document): readonly Finding[] {
  return [...model.status.flatMap((field) => unknown(model, document, field)), ...model.status.flatMap((field) => renamed(model, field))]
}

function unknown(model: ResourceModel, document: Document, field: StatusFieldModel): readonly Finding[] {
  const transformed = Object.values(model.verbs).some((verb) => verb.description.responseTransform !== undefined)
  if (field.schema !== undefined || field.from === 'mapping' || transformed || isMapped(model, field)) return []
  const action = model.verbs.get?.call?.response ? 'get' : model.verbs.findby ? 'findby' : 'any verb'
  const items = field.from === 'identifier' ? answerOf(model.verbs, 'findby') : undefined
  if (items !== undefined && (isOpen(items.object) || schemaAt(items.object, field.names) !== undefined)) return []
  const names = model.object ? [...propertiesOf(model.object.object).keys()] : []
  const near = nearby(model, field, names)
  const related = model.object ? [{ where: model.object.place, message: 'the answer' }] : []
  const extras = {
    ...at(model, field.at, related),
    ...(near === undefined && names.length === 0 && { help: 'the document does not describe the answer; an overlay can add its schema' }),
    ...(names.length === 0 ? answerFix(model, document) : nearFix(field, near)),
    ...(model.object !== undefined && isOpen(model.object.object) && { severity: 'notice' as const }),
  }
  const texts = { path: field.path, action, near: near ?? (names.slice(0, 12).join(', ') || 'none') }
  return [finding(field.from === 'identifier' && model.verbs.findby !== undefined ? 'MDL0215' : 'MDL0216', texts, extras)]
}

/** The document says that there may be more than it names. */
function isOpen({ additionalProperties }: Schema): boolean {
  return additionalProperties === true || typeof additionalProperties === 'object'
}

/** A mapping of a response writes it; an identifier is found also where the answer has it under the name of the spec. */
function isMapped(model: ResourceModel, field: StatusFieldModel): boolean {
  const targets = [`status.${field.path}`, ...(field.from === 'identifier' ? [`spec.${field.path}`] : [])]
  return Object.values(model.verbs).some((verb) =>
    verb.description.fieldMapping.some((mapping) => mapping.direction === 'response' && targets.includes(mapping.to)),
  )
}

function nearby(model: ResourceModel, { names }: StatusFieldModel, known: readonly string[]): string | undefined {
  const [first = ''] = names
  return known.find((name) => sameWord(name, first)) ?? deeper(model, names) ?? nearestName(first, known)
}

/** `name` that the answer has as `metadata.name`. */
function deeper({ object }: ResourceModel, names: readonly string[]): string | undefined {
  if (object === undefined) return undefined
  for (const [parent, { schema }] of propertiesOf(object.object)) {
    if (isObjectSchema(schema) && schemaAt(schema, names) !== undefined) return printPath([parent, ...names].map((key) => ({ key })))
  }
  return undefined
}

/** An answer that the document leaves open, with the fields that the definition expects in it: the overlay is where somebody says it. */
function answerFix({ verbs, status }: ResourceModel, { source }: Document): Pick<Finding, 'fix'> {
  const operation = verbs.get?.call?.operation
  const response = operation && successResponse(operation)
  const written = response && valueAt(source.root, response.pointer)
  if (source.version === '2.0' || response === undefined || response.content.size > 0 || !isObject(written)) return {}
  const properties = Object.fromEntries(status.flatMap(({ names: [first], from }) => (first === undefined || from === 'mapping' ? [] : [[first, { type: 'string' }]])))
  const update = { content: { 'application/json': { schema: { type: 'object', properties } } } }
  return { fix: { kind: 'overlay', title: 'describe the answer', actions: [{ target: overlayTarget(source.root, response.pointer), update }] } }
}

function valueAt(root: JsonObject, pointer: string): JsonValue | undefined {
  return getPath(root, fromPointer(pointer, root) ?? [])
}

function nearFix({ names, at: pointer }: StatusFieldModel, near: string | undefined): Pick<Finding, 'fix'> {
  if (near === undefined || names.length !== 1) return {}
  return { fix: { kind: 'definition', title: `use ${near}`, patch: [{ op: 'replace', path: pointer, value: near }] } }
}

function renamed(model: ResourceModel, { names, target, path, at: pointer }: StatusFieldModel): readonly Finding[] {
  return names[0] === target[0] ? [] : [finding('MDL0222', { path, target: target.join('.') }, at(model, pointer))]
}
