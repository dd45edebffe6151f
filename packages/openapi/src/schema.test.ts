import { Decimal, type JsonValue } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { linkDocument, readDocument, reachableSchemas, type Document, type Schema } from './index.js'

type Version = '2.0' | '3.0.3' | '3.1.0'

function documentOf(schemas: string, version: Version): Document {
  const text = version === '2.0'
    ? `swagger: "2.0"\npaths: {}\ndefinitions:\n${indent(schemas, 2)}`
    : `openapi: ${version}\npaths: {}\ncomponents:\n  schemas:\n${indent(schemas, 4)}`
  const read = readDocument(text, { uri: 'https://example.com/a/openapi.yaml' })
  expect(read.findings).toEqual([])
  return linkDocument(read.value!)
}

const indent = (text: string, columns: number): string => text.split('\n').map((line) => ' '.repeat(columns) + line).join('\n')

function schemaOf(schemas: string, version: Version = '3.1.0', name = 'X'): Schema {
  return documentOf(schemas, version).schema(version === '2.0' ? `/definitions/${name}` : `/components/schemas/${name}`)!
}

interface Row {
  readonly reason: string
  readonly given: string
  readonly want: Readonly<Record<string, unknown>>
  readonly version?: Version
}

describe('facts of a schema', () => {
  it.each<Row>([
    { reason: 'a plain type', given: '{type: string}', want: { types: ['string'], typeOrigin: 'declared', nullable: false } },
    { reason: 'null beside a type', given: '{type: [string, "null"]}', want: { types: ['string'], nullable: true } },
    { reason: 'null without quotes', given: '{type: [string, null]}', want: { types: ['string'], nullable: true } },
    { reason: 'null alone', given: '{type: "null"}', want: { types: [], typeOrigin: 'declared', nullable: true } },
    { reason: 'several types', given: '{type: [string, integer]}', want: { types: ['string', 'integer'] } },
    { reason: 'number covers integer', given: '{type: [integer, number]}', want: { types: ['number'] } },
    { reason: 'nullable of 3.0', given: '{type: string, nullable: true}', want: { nullable: true }, version: '3.0.3' },
    { reason: 'x-nullable of 2.0', given: '{type: string, x-nullable: true}', want: { nullable: true, extensions: { 'x-nullable': true } }, version: '2.0' },
    { reason: 'null in an enum', given: '{type: string, enum: [a, null]}', want: { enum: ['a'], nullable: true } },
    { reason: 'nothing but null in an enum', given: '{enum: [null]}', want: { enum: undefined, nullable: true, types: [] } },
    { reason: 'const', given: '{const: 5}', want: { enum: [5], types: ['integer'], typeOrigin: 'inferred' } },
    { reason: 'properties mean object', given: '{properties: {a: {}}}', want: { types: ['object'], typeOrigin: 'inferred' } },
    { reason: 'required alone means object', given: '{required: [a]}', want: { types: ['object'] } },
    { reason: 'required in a union says nothing about the type', given: '{required: [a], oneOf: [{}]}', want: { types: [] } },
    { reason: 'items mean array', given: '{items: {}}', want: { types: ['array'] } },
    { reason: 'a pattern means string', given: '{pattern: x}', want: { types: ['string'], pattern: 'x' } },
    { reason: 'a bound means number', given: '{minimum: 1}', want: { types: ['number'] } },
    { reason: 'a bound and a format mean integer', given: '{minimum: 1, format: int64}', want: { types: ['integer'] } },
    { reason: 'a format means its type', given: '{format: date-time}', want: { types: ['string'] } },
    { reason: 'values mean their type', given: '{enum: [1, 2.5]}', want: { types: ['number'] } },
    { reason: 'values of different types mean none', given: '{enum: [1, a]}', want: { types: [], typeOrigin: 'absent' } },
    { reason: 'nothing means nothing', given: '{description: x}', want: { types: [], typeOrigin: 'absent', description: 'x' } },
    { reason: 'numeric exclusive bound', given: '{exclusiveMinimum: 1, maximum: 5}', want: { minimum: { value: 1, exclusive: true }, maximum: { value: 5, exclusive: false } } },
    { reason: 'the tighter of two bounds', given: '{minimum: 3, exclusiveMinimum: 1}', want: { minimum: { value: 3, exclusive: false } } },
    { reason: 'equal bounds: the exclusive one is tighter', given: '{maximum: 3, exclusiveMaximum: 3}', want: { maximum: { value: 3, exclusive: true } } },
    { reason: 'a flag beside the bound', given: '{maximum: 3, exclusiveMaximum: true}', want: { maximum: { value: 3, exclusive: true } }, version: '3.0.3' },
    { reason: 'bounds beyond doubles', given: '{type: integer, maximum: 9223372036854775807}', want: { maximum: { value: 9223372036854775807n, exclusive: false } } },
    { reason: 'decimals beyond doubles', given: '{type: number, multipleOf: 0.1234567890123456789}', want: { multipleOf: new Decimal('0.1234567890123456789') } },
    { reason: 'counts', given: '{minLength: 1, maxLength: 2, minItems: 3, maxItems: 4, minProperties: 5, maxProperties: 6}', want: { minLength: 1, maxLength: 2, minItems: 3, maxItems: 4, minProperties: 5, maxProperties: 6 } },
    { reason: 'a default that is null', given: '{default: null}', want: { default: null } },
    { reason: 'the first of several examples', given: '{examples: [1, 2]}', want: { example: 1 } },
    { reason: 'content of 3.1 as a format', given: '{type: string, contentEncoding: base64}', want: { format: 'byte' } },
    { reason: 'files of 2.0', given: '{type: file}', want: { types: ['string'], format: 'binary' }, version: '2.0' },
    { reason: 'marks', given: '{readOnly: true, writeOnly: true, deprecated: true, uniqueItems: true}', want: { readOnly: true, writeOnly: true, deprecated: true, uniqueItems: true } },
    { reason: 'keywords that are not carried', given: '{type: object, patternProperties: {}, if: {}}', want: { unsupported: [{ keyword: 'patternProperties', pointer: '/components/schemas/X/patternProperties' }, { keyword: 'if', pointer: '/components/schemas/X/if' }] } },
    { reason: 'required of an old draft', given: '{type: string, required: true}', want: { required: [], unsupported: [{ keyword: 'required', pointer: '/components/schemas/X/required' }] }, version: '3.0.3' },
    { reason: 'always', given: 'true', want: { kind: 'true', nullable: true } },
    { reason: 'never', given: 'false', want: { kind: 'false', nullable: false } },
  ])('$reason: $given', ({ given, want, version }) => {
    const schema = schemaOf(`X: ${given}`, version)
    expect(schema.findings).toEqual([])
    for (const [name, value] of Object.entries(want)) expect(schema[name as keyof Schema], name).toEqual(value)
  })

  it.each<{ reason: string; given: string; code: string; want?: Readonly<Record<string, unknown>> }>([
    { reason: 'a type of another language that is clear', given: '{type: Date}', code: 'OAS0401', want: { types: ['string'], format: 'date' } },
    { reason: 'a type in upper case', given: '{type: STRING}', code: 'OAS0401', want: { types: ['string'] } },
    { reason: 'a type that means anything', given: '{type: any}', code: 'OAS0401', want: { types: [], typeOrigin: 'absent' } },
    { reason: 'a type that is no text', given: '{type: {}}', code: 'OAS0401', want: { types: [] } },
    { reason: 'a length that is a text', given: '{type: string, maxLength: "5"}', code: 'OAS0403', want: { maxLength: undefined } },
    { reason: 'a negative length', given: '{type: string, maxLength: -1}', code: 'OAS0403' },
    { reason: 'an enum that is no list', given: '{type: string, enum: a}', code: 'OAS0403', want: { enum: undefined } },
    { reason: 'properties that are a list', given: '{type: object, properties: [a]}', code: 'OAS0403' },
    { reason: 'a text', given: 'string', code: 'OAS0402', want: { kind: 'unresolved', types: [] } },
    { reason: 'a list', given: '[]', code: 'OAS0402', want: { kind: 'unresolved' } },
  ])('tells of $reason', ({ given, code, want = {} }) => {
    const schema = schemaOf(`X: ${given}`)
    expect(schema.findings.map((problem) => problem.code)).toEqual([code])
    for (const [name, value] of Object.entries(want)) expect(schema[name as keyof Schema], name).toEqual(value)
  })
})

describe('children of a schema', () => {
  it('are the same objects on every way', () => {
    const document = documentOf('X: {properties: {a: {$ref: "#/components/schemas/Y"}, b: {$ref: "#/components/schemas/Y"}}}\nY: {allOf: [{$ref: "#/components/schemas/X"}]}', '3.0.3')
    const x = document.schema('/components/schemas/X')!
    expect(x.properties.get('a')).toBe(x.properties.get('b'))
    expect(x.properties.get('a')?.allOf[0]).toBe(x)
    expect(x.properties.get('a')?.refName).toBe('Y')
  })

  it('read any object or null as null where something else stands beside it', () => {
    const schema = schemaOf('X: {anyOf: [{$ref: "#/components/schemas/Y"}, {type: object, nullable: true}]}\nY: {type: string}')
    expect(schema).toMatchObject({ nullable: true, nullBranch: 'anyOf' })
    expect(schema.anyOf.map(({ refName }) => refName)).toEqual(['Y'])
    const alone = schemaOf('X: {oneOf: [{type: object, nullable: true}]}')
    expect(alone.oneOf).toHaveLength(1)
    expect(alone.nullBranch).toBeUndefined()
    const described = schemaOf('X: {oneOf: [{type: string}, {type: object, nullable: true, properties: {a: {}}}]}')
    expect(described.oneOf).toHaveLength(2)
  })

  it('leave out members of unions that allow only null', () => {
    const schema = schemaOf('X: {anyOf: [{$ref: "#/components/schemas/Y"}, {type: "null"}]}\nY: {type: object}')
    expect(schema).toMatchObject({ nullable: true, types: [] })
    expect(schema.anyOf.map(({ refName }) => refName)).toEqual(['Y'])
  })

  it('are read in every form', () => {
    const schema = schemaOf('X:\n  additionalProperties: {type: string}\n  prefixItems: [{type: string}]\n  items: {type: integer}\n  not: {type: boolean}\n  discriminator: {propertyName: kind, mapping: {dog: Dog, cat: "#/components/schemas/Dog"}}\nDog: {type: object}')
    expect(schema.additionalProperties).toMatchObject({ types: ['string'] })
    expect([schema.prefixItems[0]?.types, schema.items?.types, schema.not?.types]).toEqual([['string'], ['integer'], ['boolean']])
    expect([...(schema.discriminator?.mapping ?? [])].map(([name, target]) => [name, target.refName])).toEqual([['dog', 'Dog'], ['cat', 'Dog']])
    expect(schemaOf('X: {additionalProperties: {}}').additionalProperties).toBe(true)
    expect(schemaOf('X: {additionalProperties: false}').additionalProperties).toBe(false)
    expect(schemaOf('X: {items: [{type: string}, {type: integer}]}').prefixItems).toHaveLength(2)
  })

  it('do not show when a node is printed, so that a cycle cannot be walked by accident', () => {
    const schema = schemaOf('X: {type: object, properties: {self: {$ref: "#/components/schemas/X"}}}')
    expect(JSON.parse(JSON.stringify(schema)) as object).not.toHaveProperty('properties')
    expect([...reachableSchemas([schema])]).toEqual([schema])
  })

  it('are never found under names that every object inherits', () => {
    const schema = schemaOf('X: {type: object, properties: {constructor: {type: string}}}')
    expect([...schema.properties.keys()]).toEqual(['constructor'])
    expect(schemaOf('X: {$ref: "#/components/schemas/toString"}').kind).toBe('unresolved')
  })
})

describe('$ref', () => {
  const target = 'Y: {type: string, description: theirs, maxLength: 5}'

  it.each<{ reason: string; version: Version; sibling: string; want: Readonly<Record<string, unknown>>; parts?: number }>([
    { reason: 'alone it is the target', version: '3.1.0', sibling: '', want: { refName: 'Y', description: 'theirs' } },
    { reason: 'a description of its own', version: '3.0.3', sibling: ', description: ours', want: { description: 'ours', maxLength: 5, types: ['string'] } },
    { reason: 'marks of its own', version: '2.0', sibling: ', readOnly: true, x-nullable: true', want: { readOnly: true, nullable: true, description: 'theirs' } },
    { reason: 'an assertion counts in 3.1', version: '3.1.0', sibling: ', minLength: 1', want: { minLength: 1, types: ['string'], typeOrigin: 'inferred', maxLength: undefined }, parts: 1 },
    { reason: 'an assertion does not count before 3.1, and is told', version: '3.0.3', sibling: ', minLength: 1', want: { minLength: undefined, unsupported: [{ keyword: 'minLength', pointer: '/components/schemas/X/minLength' }] } },
    { reason: 'a default counts in 3.1', version: '3.1.0', sibling: ', default: a', want: { default: 'a', maxLength: 5 } },
    { reason: 'a default does not count before', version: '3.0.3', sibling: ', default: a', want: { default: undefined } },
  ])('$reason', ({ version, sibling, want, parts = 0 }) => {
    const address = version === '2.0' ? '#/definitions/Y' : '#/components/schemas/Y'
    const schema = schemaOf(`X: {$ref: "${address}"${sibling}}\n${target}`, version)
    expect(schema.findings).toEqual([])
    expect(schema.allOf).toHaveLength(parts)
    for (const [name, value] of Object.entries(want)) expect(schema[name as keyof Schema], name).toEqual(value)
  })

  it.each<{ reason: string; schemas: string; want: JsonValue }>([
    { reason: 'into a part of a schema', schemas: 'X: {$ref: "#/components/schemas/Y/properties/a"}\nY: {properties: {a: {type: string}}}', want: ['string'] },
    { reason: 'into a list', schemas: 'X: {$ref: "#/components/schemas/Y/allOf/0"}\nY: {allOf: [{type: integer}]}', want: ['integer'] },
    { reason: 'through another reference', schemas: 'X: {$ref: "#/components/schemas/Y/properties/a"}\nY: {$ref: "#/components/schemas/Z"}\nZ: {properties: {a: {type: boolean}}}', want: ['boolean'] },
    { reason: 'with escapes of pointer and address', schemas: 'X: {$ref: "#/components/schemas/a~1b%20c~0"}\n"a/b c~": {type: number}', want: ['number'] },
    { reason: 'by anchor', schemas: 'X: {$ref: "#pet"}\nY: {$anchor: pet, type: object}', want: ['object'] },
    { reason: 'by its own address', schemas: 'X: {$ref: "openapi.yaml#/components/schemas/Y"}\nY: {type: array}', want: ['array'] },
    { reason: 'in a chain', schemas: 'X: {$ref: "#/components/schemas/A"}\nA: {$ref: "#/components/schemas/B"}\nB: {type: string}', want: ['string'] },
  ])('leads $reason', ({ schemas, want }) => {
    const schema = schemaOf(schemas)
    expect(schema.findings).toEqual([])
    expect(schema.types).toEqual(want)
  })

  it.each([
    { reason: 'nowhere', schemas: 'X: {$ref: "#/components/schemas/Nope"}', code: 'OAS0201' },
    { reason: 'to a list that is too short', schemas: 'X: {$ref: "#/components/schemas/Y/allOf/3"}\nY: {allOf: []}', code: 'OAS0201' },
    { reason: 'to itself', schemas: 'X: {$ref: "#/components/schemas/X"}', code: 'OAS0202' },
    { reason: 'into itself', schemas: 'X: {$ref: "#/components/schemas/X/properties/a"}', code: 'OAS0201' },
    { reason: 'to an anchor that is none', schemas: 'X: {$ref: "#Pet"}', code: 'OAS0201' },
    { reason: 'to a pointer with a wrong escape', schemas: 'X: {$ref: "#/a~2"}', code: 'OAS0204' },
    { reason: 'to no text', schemas: 'X: {$ref: 5}', code: 'OAS0204' },
    { reason: 'to a document that is not there', schemas: 'X: {$ref: "other.yaml#/X"}', code: 'OAS0203' },
  ])('leads $reason, and says so at the node alone', ({ schemas, code }) => {
    const schema = schemaOf(`${schemas}\nHolder: {properties: {x: {$ref: "#/components/schemas/X"}}}`)
    expect(schema.kind).toBe('unresolved')
    expect(schema.findings.map((problem) => problem.code)).toEqual([code])
  })
})

describe('schemaFrom', () => {
  it('reads a schema of a definition, with references into the document', () => {
    const document = documentOf('Y: {type: object}', '3.0.3')
    const place = { kind: 'document', uri: 'pets.restdefinition.yaml', pointer: '/spec/resource/fields/0/schema' } as const
    const schema = document.schemaFrom({ type: 'array', items: { $ref: '#/components/schemas/Y' } }, place)
    expect(schema.items).toBe(document.schema('/components/schemas/Y'))
    expect(schema.items?.place).toMatchObject({ uri: 'https://example.com/a/openapi.yaml', position: { line: 5 } })
    expect(schema.place).toBe(place)
    expect(document.schemaFrom({ $ref: '#/components/schemas/Nope' }, place).findings[0]?.where).toBe(place)
  })
})
