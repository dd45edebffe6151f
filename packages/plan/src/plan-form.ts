import { ANY, BOOLEAN, either, INTEGER, list, members, named, PATH, record, tagged, TEXT, TRUE, words, type Form, type Members } from './form.js'

/** The form of a Plan, member by member as in `plan.ts`. */

const ALIAS: Form = members({ customResourceValue: ANY, apiValue: ANY })

const SOURCE: Form = named('ValueSource', () => tagged('from', {
  resource: members({ path: PATH }, { alias: list(ALIAS) }),
  configuration: members({ path: PATH }),
  constant: members({ value: ANY }),
  cel: members({ program: TEXT }),
  secretRef: members({ name: PATH, key: PATH }),
  secretField: members({ path: PATH, form: words('text', 'json') }),
  identity: members({ path: PATH }),
  reference: members({ path: PATH }),
  mark: members({ form: words('uuid', 'text') }),
}))
const SOURCES = list(SOURCE)

const CONSTANT: Form = members({ name: TEXT, value: TEXT })

const PARAMETER: Form = named('Parameter', () => members(
  {
    name: TEXT, in: words('path', 'query', 'header', 'cookie'), explode: BOOLEAN, sources: SOURCES,
    style: words('simple', 'label', 'matrix', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'),
  },
  { required: TRUE, allowReserved: TRUE, content: TEXT, drifting: TRUE },
))

const SHAPE: Form = named('Shape', () => either(TRUE, record(SHAPE)))

const PROPERTY: Form = members({}, {
  contentType: TEXT, file: TRUE, style: words('form', 'spaceDelimited', 'pipeDelimited', 'deepObject'), explode: BOOLEAN,
})

const BODY: Form = named('Body', () => members(
  {
    contentType: TEXT, encoding: words('json', 'form', 'multipart', 'text', 'bytes'), mode: words('full', 'changed', 'merged', 'mergePatch'),
    whenEmpty: words('omit', 'object'), fields: list(members({ path: PATH, sources: SOURCES }, { required: TRUE, writeOnly: TRUE, shape: SHAPE })),
  },
  { required: TRUE, path: PATH, value: SOURCES, properties: record(PROPERTY), transform: TEXT },
))

const MAPPING: Form = members(
  { from: either(members({ in: words('body'), path: PATH }), members({ in: words('header'), path: TEXT })), to: PATH },
  { alias: list(ALIAS), jq: TEXT, defaultIfAbsent: ANY },
)

const RESPONSE: Form = named('Response', () => members(
  { successCodes: list(TEXT) },
  {
    tolerateCodes: list(INTEGER), notFoundCodes: list(INTEGER), transform: TEXT, itemPath: PATH, itemsPath: PATH, mappings: list(MAPPING),
    notFoundBody: TEXT, absentWhen: TEXT, errorWhen: TEXT, complete: TRUE,
  },
))

const AUTH: Form = named('AuthRequirement', () => members({ alternatives: list(members({ schemes: list(members({ scheme: TEXT, scopes: list(TEXT) })) })) }))

const PIECES = list(either(TEXT, members({ parameter: TEXT })))

const CALL: Form = named('Call', () => members(
  { method: words('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'), server: INTEGER, path: PIECES, parameters: list(PARAMETER), response: RESPONSE },
  { headers: list(CONSTANT), queries: list(CONSTANT), accept: TEXT, body: BODY, auth: AUTH },
))

const PLACE: Form = members({ in: words('query', 'header', 'body'), path: TEXT })
const END: Form = tagged('type', { totalPages: members({ path: PATH }), totalItems: members({ path: PATH }), header: members({ name: TEXT, matches: TEXT }) })
const LIMITS: Members = { maxPages: INTEGER }
const SIZE: Members = { pageSize: members({ in: words('query', 'body'), name: TEXT, value: INTEGER }) }

const PAGINATION: Form = named('Pagination', () => tagged('type', {
  continuationToken: members({ request: PLACE, response: PLACE, ...LIMITS }, SIZE),
  pageNumber: members({ request: PLACE, first: INTEGER, ...LIMITS }, { end: END, ...SIZE }),
  offset: members({ request: PLACE, step: either(words('items'), INTEGER), ...LIMITS }, { end: END, ...SIZE }),
  linkHeader: members(LIMITS, SIZE),
  nextUrl: members({ response: PLACE, ...LIMITS }, SIZE),
}))

const ASYNC: Form = named('Async', () => members(
  { deadlineSeconds: INTEGER },
  {
    handle: members({ in: words('body', 'header'), path: TEXT }, { jq: TEXT }),
    poll: members(
      { call: CALL, handleParameter: TEXT, statusPath: PATH, successValues: list(ANY), failureValues: list(ANY), intervalSeconds: INTEGER },
      { pendingValues: list(ANY) },
    ),
  },
))

const STEP: Form = members({ name: TEXT, call: CALL }, { when: TEXT, forEach: TEXT, pagination: PAGINATION, async: ASYNC })

const MATCH: Form = members(
  { policy: words('OR', 'AND'), identifiers: list(members({ path: PATH, resource: list(PATH) })) },
  { itemsComplete: TRUE, mark: members({ path: PATH, form: words('uuid', 'text') }) },
)

const ACTION: Form = named('Action', () => members(
  {},
  { call: CALL, steps: list(STEP), match: MATCH, pagination: PAGINATION, async: ASYNC, absenceProof: CALL, idempotencyKey: members({ header: TEXT }) },
))

const TYPE = words('string', 'integer', 'number', 'boolean', 'object', 'array')
const RULE: Form = members({ path: PATH }, {
  compare: words('exact', 'set', 'keyed', 'contains', 'ignore'), keys: list(TEXT),
  normalize: list(either(words('lowerCase', 'trim', 'dateTime', 'float32'), members({ cel: TEXT }))),
  writeOnly: TRUE, witness: PATH, secret: TRUE, immutable: words('deny', 'replace', 'never'), whenRemoved: words('null', 'empty', 'omit'),
  default: ANY, type: TYPE, format: words('date-time', 'date', 'float'),
})

const SCHEME: Form = named('Scheme', () => tagged('type', {
  basic: members({ block: TEXT }),
  bearer: members({ block: TEXT }),
  digest: members({ block: TEXT }),
  http: members({ block: TEXT, scheme: TEXT }),
  apiKey: members({ block: TEXT, in: words('header', 'query', 'cookie'), name: TEXT }),
  oauth2: members({ block: TEXT, flow: words('clientCredentials', 'password'), tokenUrl: TEXT, scopes: list(TEXT) }),
  openIdConnect: members({ block: TEXT, url: TEXT }),
  mutualTLS: members({ block: TEXT }),
  awsV4: members({ block: TEXT }, { service: TEXT, region: TEXT }),
  ociSignature: members({ block: TEXT }),
}))

const IDENTITY_SOURCE: Form = tagged('in', {
  body: members({ path: PATH }),
  header: members({ name: TEXT }),
  location: members({ template: PIECES, parameter: TEXT }),
})

export const PLAN_FORM: Form = members(
  {
    format: { kind: 'const', value: 1 },
    requires: list(TEXT),
    definition: members({ namespace: TEXT, name: TEXT }),
    resource: members({ group: TEXT, version: TEXT, kind: TEXT, plural: TEXT }),
    servers: list(members({ url: TEXT }, { variables: record(members({ default: TEXT }, { enum: list(TEXT) })) })),
    auth: record(SCHEME),
    identity: members({ parts: list(members({ path: PATH, assigned: words('server', 'spec'), from: list(IDENTITY_SOURCE), type: words('string', 'integer', 'number', 'boolean') })) }),
    actions: members({}, { findby: ACTION, get: ACTION, create: ACTION, update: ACTION, delete: ACTION }),
    status: list(members({ path: PATH, from: PATH, type: words('string', 'integer', 'number', 'boolean', 'object', 'array', 'any') })),
    compare: members({ scope: words('fullSpec', 'identifiersAndStatus', 'updatable'), ignored: list(TEXT), rules: list(RULE) }, { updatable: list(TEXT) }),
    policy: members({}, { management: TEXT, deletion: TEXT, drift: TEXT, adoption: TEXT, intervalSeconds: INTEGER }),
  },
  {
    configuration: members({ kind: TEXT, plural: TEXT, required: BOOLEAN }),
    references: list(members({ path: PATH, field: PATH, group: TEXT, version: TEXT, kind: TEXT, plural: TEXT, resolves: TEXT }, { parent: TRUE })),
    secrets: list(members({ field: PATH, path: PATH, form: words('text', 'json') })),
    exports: list(members({ to: words('Secret', 'ConfigMap'), name: TEXT, key: TEXT, value: TEXT, from: words('observe', 'create') })),
    conditions: members({}, { readyWhen: TEXT, failedWhen: TEXT, completedWhen: TEXT, deletedWhen: TEXT }),
  },
)
