import { describe, expect, it } from 'vitest'
import { linkDocument, readDocument, type MediaType, type Operation, type Schema } from './index.js'

/** The same API in three versions: what it says must not depend on how it is written. */
const V2 = `
swagger: "2.0"
info: {title: Pets, version: "1"}
host: api.example.com
basePath: /v1/
schemes: [https]
consumes: [application/json]
produces: [application/json]
security: [{key: []}]
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
  basic: {type: basic}
  oauth: {type: oauth2, flow: application, tokenUrl: "https://example.com/token", scopes: {read: to read}}
parameters:
  Limit: {name: limit, in: query, type: integer, format: int32, default: 10, minimum: 1, exclusiveMinimum: true}
responses:
  Gone: {description: gone}
paths:
  /owners/{owner}/pets:
    parameters:
    - {name: owner, in: path, required: true, type: string}
    get:
      operationId: listPets
      deprecated: true
      security: [{basic: []}, {oauth: [read]}]
      parameters:
      - $ref: "#/parameters/Limit"
      - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
      - {name: ids, in: query, type: array, items: {type: string}}
      - {name: X-Trace, in: header, type: string, x-nullable: true}
      responses:
        200:
          description: pets
          headers: {X-Total: {type: integer}}
          schema: {type: array, items: {$ref: "#/definitions/Pet"}}
        410: {$ref: "#/responses/Gone"}
    post:
      parameters:
      - {name: body, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}
      responses: {201: {description: made, schema: {$ref: "#/definitions/Pet"}}}
  /owners/{owner}/photo:
    parameters:
    - {name: owner, in: path, required: true, type: string}
    post:
      consumes: [multipart/form-data]
      parameters:
      - {name: file, in: formData, type: file, required: true}
      - {name: tags, in: formData, type: array, items: {type: string}, collectionFormat: csv}
      responses: {default: {description: done}}
definitions:
  Pet:
    type: object
    required: [name]
    discriminator: kind
    properties:
      name: {type: string, x-nullable: true, maxLength: 20}
      kind: {type: string, enum: [dog]}
      parent: {$ref: "#/definitions/Pet"}
`
const V3 = (three: { readonly version: string; readonly nullableText: string; readonly limit: string; readonly kind: string; readonly header: string; readonly file: string }) => `
openapi: ${three.version}
info: {title: Pets, version: "1"}
servers: [{url: "https://{host}/v1/", variables: {host: {default: api.example.com}}}]
security: [{key: []}]
paths:
  /owners/{owner}/pets:
    parameters:
    - {name: owner, in: path, required: true, schema: {type: string}}
    get:
      operationId: listPets
      deprecated: true
      security: [{basic: []}, {oauth: [read]}]
      parameters:
      - $ref: "#/components/parameters/Limit"
      - {name: tags, in: query, schema: {type: array, items: {type: string}}}
      - {name: ids, in: query, explode: false, schema: {type: array, items: {type: string}}}
      - {name: X-Trace, in: header, schema: ${three.header}}
      responses:
        "200":
          description: pets
          headers: {X-Total: {schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
        "410": {$ref: "#/components/responses/Gone"}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /owners/{owner}/photo:
    parameters:
    - {name: owner, in: path, required: true, schema: {type: string}}
    post:
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: ${three.file}
                tags: {type: array, items: {type: string}}
            encoding: {tags: {style: form, explode: false}}
      responses: {default: {description: done}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: Basic}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://example.com/token", scopes: {read: to read}}}}
  parameters:
    Limit: {name: limit, in: query, schema: ${three.limit}}
  responses:
    Gone: {description: gone}
  schemas:
    Pet:
      type: object
      required: [name]
      discriminator: {propertyName: kind}
      properties:
        name: ${three.nullableText}
        kind: ${three.kind}
        parent: {$ref: "#/components/schemas/Pet"}
`
const V30 = V3({
  version: '3.0.3',
  nullableText: '{type: string, nullable: true, maxLength: 20}',
  limit: '{type: integer, format: int32, default: 10, minimum: 1, exclusiveMinimum: true}',
  kind: '{type: string, enum: [dog]}',
  header: '{type: string, nullable: true}',
  file: '{type: string, format: binary}',
})
const V31 = V3({
  version: '3.1.1',
  nullableText: '{type: [string, "null"], maxLength: 20}',
  limit: '{type: integer, format: int32, default: 10, exclusiveMinimum: 1}',
  kind: '{const: dog}',
  header: '{type: ["null", string]}',
  file: '{type: string, contentMediaType: application/octet-stream}',
})

/** What a node says, without where it says it; a cycle shows as a name. */
function plainSchema(schema: Schema | undefined, open: readonly Schema[] = []): unknown {
  if (schema === undefined) return undefined
  if (open.includes(schema)) return `↑ ${schema.refName}`
  const inside = [...open, schema]
  const { kind, refName, types, nullable, required, format, minimum, maxLength, default: preset } = schema
  return {
    kind, refName, types, nullable, required, format, minimum, maxLength, preset, enum: schema.enum, discriminator: schema.discriminator?.propertyName,
    properties: Object.fromEntries([...schema.properties].map(([name, property]) => [name, plainSchema(property, inside)])),
    items: plainSchema(schema.items, inside),
  }
}

function plainContent(content: ReadonlyMap<string, MediaType>): unknown {
  return [...content].map(([name, { schema, encoding }]) => [name, plainSchema(schema), [...encoding].map(([field, { style, explode }]) => [field, style, explode])])
}

function plainOperation(operation: Operation): unknown {
  return {
    id: operation.operationId,
    deprecated: operation.deprecated,
    parameters: operation.parameters.map(({ name, in: where, required, style, explode, schema }) => ({ name, where, required, style, explode, schema: plainSchema(schema) })),
    body: operation.requestBody && [operation.requestBody.required, plainContent(operation.requestBody.content)],
    responses: [...operation.responses].map(([code, { description, content, headers }]) =>
      [code, description, plainContent(content), [...headers].map(([name, { schema }]) => [name, plainSchema(schema)])]),
    servers: operation.servers.map(({ url, form }) => [url, form]),
    security: operation.security.alternatives.map(({ schemes }) => schemes.map(({ name, scopes, scheme }) => [name, scopes, scheme?.type])),
  }
}

function plainDocument(text: string): unknown {
  const read = readDocument(text, { uri: 'configmap://ns/name/key' })
  expect(read.findings).toEqual([])
  const document = linkDocument(read.value!)
  return [...document.operations()].map(({ path, method }) => {
    const { value, findings } = document.operation(path, method)
    expect(findings).toEqual([])
    return [path, method, plainOperation(value!)]
  })
}

describe('the three versions', () => {
  it('say the same in one form: 3.0 and 3.1', () => {
    expect(plainDocument(V31)).toEqual(plainDocument(V30))
  })

  it('say the same in one form: 2.0 and 3.0', () => {
    expect(plainDocument(V2)).toEqual(plainDocument(V30))
  })

  it('say this', () => {
    const document = linkDocument(readDocument(V2, { uri: 'x' }).value!)
    const list = document.operation('/owners/{owner}/pets', 'GET').value!
    expect(list.parameters.map(({ name, style, explode, required }) => [name, style, explode, required])).toEqual([
      ['owner', 'simple', false, true], ['limit', 'form', true, false], ['tags', 'form', true, false], ['ids', 'form', false, false], ['X-Trace', 'simple', false, false],
    ])
    const pet = list.responses.get('200')?.content.get('application/json')?.schema?.items
    expect(pet).toMatchObject({ refName: 'Pet', types: ['object'], required: ['name'] })
    expect(pet?.properties.get('parent')).toBe(pet)
    expect(pet?.properties.get('name')).toMatchObject({ nullable: true, maxLength: 20 })
    expect(document.securitySchemes.get('oauth')).toMatchObject({ type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://example.com/token' } } })
  })
})
