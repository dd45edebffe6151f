import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SHARED } from './corpus.testing.js'
import { linkDocument, readDocument, readSourceUri, type Document, type MediaType, type Operation, type Schema } from './index.js'

interface Case {
  readonly name: string
  readonly input: ParsingInput & { readonly oasPath?: string }
  readonly expected: Readonly<Record<string, unknown>>
}
interface CaseFile {
  readonly caseCount: number
  readonly groups: readonly { readonly group: string; readonly cases: readonly Case[] }[]
}

const folder = join(SHARED, 'peer-cases')
const present = existsSync(folder)

function casesOf(name: string): readonly Case[] {
  if (!present) return []
  const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CaseFile
  const cases = file.groups.flatMap((group) => group.cases)
  expect(cases).toHaveLength(file.caseCount)
  return cases
}

interface ParsingInput {
  readonly documentYAML?: string
  readonly document?: object
  readonly path?: string
  readonly method?: string
  readonly lookup?: readonly string[]
}

/** One reading of the answer for each member that a case may expect; an unknown member fails the test. */
const READINGS: Readonly<Record<string, (asked: Asked) => unknown>> = {
  ok: ({ document, input }) => document.operation(input.path ?? '', input.method ?? '').value !== undefined,
  responseType: (asked) => answerSchema(asked).types[0],
  properties: (asked) => [...answerSchema(asked).properties.keys()],
  cyclic: (asked) => cycleIn(answerSchema(asked)),
  found: ({ document, input }) => input.lookup?.map((path) => document.paths.includes(path)),
  schemes: ({ document }) => schemesOf(document),
  operations: ({ document, input }) => [...document.operations()].filter(({ path }) => path === input.path).map(({ method }) => method),
  parameters: (asked) => operationOf(asked).parameters.map((parameter) => ({ name: parameter.name, in: parameter.in, type: parameter.schema?.types[0] })),
  bodyTypes: (asked) => typesOf(operationOf(asked).requestBody?.content),
  responses: (asked) => responsesOf(asked),
  schema: (asked) => (answerSchema(asked).kind === 'unresolved' ? {} : answerSchema(asked)),
}

interface Asked {
  readonly document: Document
  readonly input: ParsingInput
  readonly expected: Readonly<Record<string, unknown>>
}

function operationOf({ document, input }: Asked): Operation {
  return document.operation(input.path ?? '', input.method ?? '').value!
}

function answerSchema(asked: Asked): Schema {
  return [...(operationOf(asked).responses.get('200')?.content.values() ?? [])][0]!.schema!
}

function typesOf(content: ReadonlyMap<string, MediaType> | undefined): object {
  return Object.fromEntries([...(content ?? [])].map(([name, { schema }]) => [name, schema?.types[0]]))
}

function schemesOf({ securitySchemes }: Document): unknown {
  const listed = [...securitySchemes.values()].map((scheme) => ({
    name: scheme.name,
    type: scheme.type,
    ...(scheme.type === 'http' && { scheme: scheme.scheme }),
    ...(scheme.type === 'apiKey' && { in: scheme.in, parameter: scheme.parameter }),
  }))
  return listed.length === 0 ? null : listed
}

/** The reference skips `default` and ranges; we keep them, and the cases that list codes mean the numeric ones. */
function responsesOf(asked: Asked): unknown {
  const numeric = [...operationOf(asked).responses].filter(([code]) => /^\d+$/.test(code))
  return Array.isArray(asked.expected['responses']) ? numeric.map(([code]) => code) : Object.fromEntries(numeric.map(([code, { content }]) => [code, typesOf(content)]))
}

/** The words of the cases for a cycle, found by identity: nothing is cut. */
function cycleIn(schema: Schema): string | undefined {
  const { properties } = schema
  if (properties.get('manager') === schema) return 'manager refers to the same schema'
  if (properties.get('children')?.items === schema) return 'children.items refers to the same schema'
  return properties.get('b')?.properties.get('a') === schema ? 'b.a refers to the root schema' : undefined
}

describe.skipIf(!present)(`the cases of the reference about documents (${present ? 13 : 'not run: 13 cases, folder absent'})`, () => {
  it.each(casesOf('oas-parsing.json').map((entry) => [entry.name, entry] as const))('%s', (_, { input, expected }) => {
    const read = readDocument(input.documentYAML ?? JSON.stringify(input.document), { uri: 'file:///case.yaml' })
    const asked: Asked = { document: linkDocument(read.value!), input, expected }
    for (const [name, want] of Object.entries(expected)) expect(READINGS[name]?.(asked), name).toEqual(want)
  })
})

/** What downloads is tested where the downloading is; here only what the address says. */
describe.skipIf(!present)(`the cases of the reference about sources (${present ? 8 : 'not run: 8 cases, folder absent'})`, () => {
  it.each(casesOf('oas-source.json').map((entry) => [entry.name, entry] as const))('%s', (_, { input, expected }) => {
    const { value, findings } = readSourceUri((input.oasPath ?? '').replace('HOST', 'host'))
    const refused = 'errorContains' in expected
    expect(value === undefined).toBe(refused)
    if (refused) expect(findings[0]?.message).toContain(expected['errorContains'])
    else expect(findings).toEqual([])
  })
})
