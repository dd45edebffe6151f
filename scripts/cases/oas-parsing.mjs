import { linkDocument, readDocument } from '@oasgen/openapi'

/** One reading of the document for each member that a case asks for. */
export function answer({ input, want }) {
  const { value } = readDocument(input.documentYAML ?? JSON.stringify(input.document), { uri: 'https://cases.test/openapi.yaml' })
  const asked = { document: linkDocument(value), input, want }
  return Object.fromEntries(Object.keys(want).map((name) => [name, READINGS[name](asked)]))
}

const READINGS = {
  ok: ({ document, input }) => document.operation(input.path, input.method).value !== undefined,
  responseType: (asked) => answerSchema(asked).types[0],
  properties: (asked) => [...answerSchema(asked).properties.keys()],
  cyclic: (asked) => cycleIn(answerSchema(asked)),
  found: ({ document, input }) => input.lookup.map((path) => document.paths.includes(path)),
  schemes: ({ document }) => schemesOf(document),
  operations: ({ document, input }) => [...document.operations()].filter(({ path }) => path === input.path).map(({ method }) => method),
  parameters: (asked) => operationOf(asked).parameters.map(({ name, in: place, schema }) => ({ name, in: place, type: schema?.types[0] })),
  bodyTypes: (asked) => typesOf(operationOf(asked).requestBody?.content),
  responses: (asked) => responsesOf(asked),
  schema: (asked) => (answerSchema(asked).kind === 'unresolved' ? {} : { types: answerSchema(asked).types }),
}

function operationOf({ document, input }) {
  return document.operation(input.path, input.method).value
}

function answerSchema(asked) {
  return [...(operationOf(asked).responses.get('200')?.content.values() ?? [])][0].schema
}

function typesOf(content = new Map()) {
  return Object.fromEntries([...content].map(([name, { schema }]) => [name, schema?.types[0]]))
}

function schemesOf({ securitySchemes }) {
  const listed = [...securitySchemes.values()].map(({ name, type, scheme, in: place, parameter }) => ({
    name, type, ...(type === 'http' && { scheme }), ...(type === 'apiKey' && { in: place, parameter }),
  }))
  return listed.length === 0 ? null : listed
}

/** The cases list the numeric ones; ranges and `default` are kept here. */
function responsesOf(asked) {
  const numeric = [...operationOf(asked).responses].filter(([code]) => /^\d+$/.test(code))
  return Array.isArray(asked.want.responses) ? numeric.map(([code]) => code) : Object.fromEntries(numeric.map(([code, { content }]) => [code, typesOf(content)]))
}

/** In the words of the cases; found by identity, nothing is cut. */
function cycleIn(root) {
  const seen = (schema, path, depth) => {
    for (const [name, child] of schema.properties) {
      if (child === root) return path === '' ? `${name} refers to the same schema` : `${path}${name} refers to the root schema`
      if (child.items === root) return `${path}${name}.items refers to the same schema`
      const below = depth > 3 ? undefined : seen(child, `${path}${name}.`, depth + 1)
      if (below !== undefined) return below
    }
    return undefined
  }
  return seen(root, '', 0)
}
