import { finding, type Finding } from '@oasgen/diagnostics'
import { type FieldSettings, nearestName, readFieldPattern } from '@oasgen/restdefinition'
import { referenceFieldName, secretFieldName } from '../naming/companions.js'
import { itemsOf, propertyOf, typesOf } from '../schema/look.js'
import type { FieldModel } from '../resource/fields.js'
import type { ResourceModel } from '../resource-model.js'
import type { Schema } from '@oasgen/openapi'
import { appended, at, mappingFix, sameWord, strictly } from './places.js'

export function fieldFindings(model: ResourceModel): readonly Finding[] {
  return [
    ...cannotUpdate(model), ...twins(model), ...reserved(model), ...unknownRules(model), ...looksSecret(model), ...takenNames(model), ...typeClashes(model),
  ]
}

function cannotUpdate(model: ResourceModel): readonly Finding[] {
  const update = model.verbs.update
  if (update?.call?.body === undefined || model.definition.resource.compareScope !== 'fullSpec') return []
  const settled = new Set(
    model.definition.resource.fields.flatMap(({ path, immutable, compare }) =>
      (immutable !== undefined || compare === 'ignore' ? [path] : []),
    ),
  )
  const stuck = model.spec.filter((field) =>
    field.origin.type === 'body' && field.sentBy.includes('create') && !field.sentBy.includes('update') && field.returned && !settled.has(`spec.${field.name}`),
  )
  if (stuck.length === 0) return []
  const fields = stuck.map(({ name }) => name)
  const shown = fields.length > 6 ? `${fields.slice(0, 6).join(', ')} and ${fields.length - 6} more` : fields.join(', ')
  const entries = fields.map((name) => ({ path: `spec.${name}`, immutable: 'deny' }))
  const empty = model.definition.resource.fields.length === 0
  const patch = empty
    ? [{ op: 'add' as const, path: '/spec/resource/fields', value: entries }]
    : entries.map((value) => ({ op: 'add' as const, path: '/spec/resource/fields/-', value }))
  return [finding('MDL0217', { fields: shown }, {
    ...at(model, update.description.at, [{ where: update.call.body.place, message: 'the body of update' }]),
    fix: { kind: 'definition', title: 'refuse changes of them once the object exists', patch },
  })]
}

function twins(model: ResourceModel): readonly Finding[] {
  const words = new Map<string, FieldModel[]>()
  for (const field of model.spec) {
    const word = field.name.toLowerCase().replace(/[-_.]/g, '')
    words.set(word, [...(words.get(word) ?? []), field])
  }
  const inSpec = [...words.values()].filter((fields) => fields.length > 1).map(([first, second]) => [first, second] as const)
  return inSpec.flatMap(([first, second]) => {
    if (first === undefined || second === undefined || !sameWord(first.name, second.name)) return []
    const related = [{ where: second.place, message: `spec.${second.name}` }]
    return [
      finding(
        'MDL0219',
        { first: `spec.${first.name}`, second: `spec.${second.name}` },
        { where: first.place, related, ...twinFix(model, first, second), ...strictly(model), severity: 'warning' },
      ),
    ]
  })
}

/** A parameter and a field of the body: the field fills the parameter, and the parameter leaves the spec. */
function twinFix(model: ResourceModel, first: FieldModel, second: FieldModel): Pick<Finding, 'fix'> {
  const [parameter, field] = first.origin.type === 'parameter' ? [first, second] : [second, first]
  if (parameter.origin.type !== 'parameter' || field.origin.type !== 'body' || parameter.origin.in !== 'path') return {}
  const { name } = parameter
  const verbs = Object.values(model.verbs).filter(({ call }) => call?.parameters.some((each) => each.in === 'path' && each.name === name) === true)
  const mappings = verbs.flatMap(({ description }) => {
    const { fix } = mappingFix(model, description.at, { inPath: name, inCustomResource: `spec.${field.name}` })
    return fix?.kind === 'definition' ? fix.patch : []
  })
  const patch = [...mappings, appended(model, 'excludedSpecFields', name)]
  return { fix: { kind: 'definition', title: `let spec.${field.name} fill ${name}`, patch } }
}

const RESERVED = ['configurationRef']

function reserved(model: ResourceModel): readonly Finding[] {
  return model.spec.filter(({ name }) => RESERVED.includes(name)).map(({ name, place }) => finding('MDL0221', { name }, { where: place }))
}

function unknownRules(model: ResourceModel): readonly Finding[] {
  const names = model.spec.map(({ name }) => name)
  return model.definition.resource.fields.flatMap((rule) => {
    const pattern = readFieldPattern(rule.path)
    if (!pattern.ok || pattern.root !== 'spec' || rule.schema !== undefined || fieldAt(model, rule) !== undefined) return []
    const [first] = pattern.steps
    const near = first !== undefined && 'key' in first ? nearestName(first.key, names) : undefined
    return [finding('MDL0230', { path: rule.path, near: near ?? names.slice(0, 12).join(', ') }, at(model, `${rule.at}/path`))]
  })
}

/** The schema of the field that an entry of `fields` speaks of. */
export function fieldAt(model: ResourceModel, { path }: Pick<FieldSettings, 'path'>): Schema | undefined {
  const pattern = readFieldPattern(path)
  if (!pattern.ok || pattern.root !== 'spec') return undefined
  const [first, ...rest] = pattern.steps
  let schema = first !== undefined && 'key' in first ? model.spec.find(({ name }) => name === first.key)?.schema : undefined
  for (const step of rest) schema = schema && ('key' in step ? propertyOf(schema, step.key) : itemsOf(schema))
  return schema
}

/** Words that name a secret at the end of a field's name; `token_type` or `secretName` are none. */
const SECRET_NAME = /(password|passwd|passphrase|secret|private_?key|api_?key|access_?key|client_?secret|credential|token)$/i

export function secretLooking(model: ResourceModel): readonly FieldModel[] {
  return model.spec.filter((field) => {
    const types = typesOf(field.schema)
    const text = types.length === 0 || types.includes('string')
    const declared = field.schema.format === 'password' || (field.schema.writeOnly && SECRET_NAME.test(field.name))
    return text && field.schema.enum === undefined && (
      declared ||
      (field.origin.type === 'body' && SECRET_NAME.test(field.name) && !field.returned)
    )
  })
}

function looksSecret(model: ResourceModel): readonly Finding[] {
  const settled = new Set(model.definition.resource.fields.filter(({ secret }) => secret).map(({ path }) => path))
  const empty = model.definition.resource.fields.length === 0
  return secretLooking(model).filter(({ name }) => !settled.has(`spec.${name}`)).map(({ name, place }) => {
    const value = { path: `spec.${name}`, secret: true }
    const patch = [
      empty ? {
        op: 'add' as const,
        path: '/spec/resource/fields',
        value: [value],
      } : { op: 'add' as const, path: '/spec/resource/fields/-', value },
    ]
    return finding(
      'MDL0231',
      { path: `spec.${name}` },
      { where: place, fix: { kind: 'definition', title: `keep ${name} in a Secret`, patch } },
    )
  })
}

function takenNames(model: ResourceModel): readonly Finding[] {
  return model.definition.resource.fields.flatMap((rule) => {
    const pattern = readFieldPattern(rule.path)
    const [step] = pattern.ok && pattern.steps.length === 1 ? pattern.steps : []
    if (step === undefined || !('key' in step)) return []
    const name = rule.secret ? secretFieldName(step.key) : rule.reference ? referenceFieldName(step.key) : undefined
    if (name === undefined || !model.spec.some((field) => field.name === name)) return []
    return [finding('MDL0234', { path: rule.path, name }, at(model, rule.at))]
  })
}

/** One spec field feeds a parameter and a body field whose types exclude each other. */
function typeClashes(model: ResourceModel): readonly Finding[] {
  return Object.values(model.verbs).flatMap((verb) =>
    (verb.call?.parameters ?? []).flatMap((parameter) => {
      const field = model.spec.find(({ name }) => name === parameter.name)
      if (field === undefined || parameter.filledBy !== 'resource' || field.schema === parameter.schema) return []
      const [a, b] = [typesOf(field.schema), typesOf(parameter.schema)]
      const scalar = (types: readonly string[]): boolean => types.every((type) => type !== 'object' && type !== 'array')
      if (a.length === 0 || b.length === 0 || scalar(a) === scalar(b)) return []
      const texts = { name: field.name, first: b.join(' or '), second: a.join(' or '), where: `the ${parameter.in} of ${verb.action}` }
      return [finding('MDL0235', texts, { where: parameter.place, related: [{ where: field.place, message: 'the field' }] })]
    }),
  )
}
