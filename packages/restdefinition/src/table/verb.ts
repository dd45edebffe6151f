import { anything, arrivedWith, choice, flag, integer, list, type Node, object, type Rule, text } from './node.js'
import { fieldMapping, jqProgram, requestFieldMapping } from './mapping.js'
import { pagination } from './pagination.js'

export const ACTIONS = ['create', 'update', 'get', 'delete', 'findby']
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']

/** Programs in CEL are bounded, so that rules about them stay affordable for the API server. */
export function cel(description: string): Node {
  return text(description, { maxLength: 4096, since: 'oasgen 0.1' })
}

const codes = (description: string): Node =>
  list(integer('An HTTP status code.', { minimum: 100, maximum: 599 }), description, { since: 'reference 0.21', maxItems: 64 })

const namedValues = (what: string): Node => {
  const item = object({ name: text(`Name of the ${what}.`), value: text('The value, sent as it is written.') }, `One ${what}.`, {
    required: ['name', 'value'],
  })
  return list(item, `Sent with each request of this action; wins over a parameter of that name, which then leaves the spec.`, {
    since: 'reference 0.21',
    maxItems: 64,
  })
}

const poll = object(
  {
    ...arrivedWith('reference 0.21', {
      path: text("Path of the operation that tells the state, with the handle as a parameter: '/operations/{operationId}'."),
      method: choice(['GET'], 'Method of that operation.', { fallback: 'GET' }),
      handleParam: text('Path parameter that takes the handle.', { fallback: 'operationId' }),
      statusPath: text('Path of the state in the answer.'),
      successValues: list(anything('A state.'), 'States that mean done.', { minItems: 1, maxItems: 64 }),
      failureValues: list(anything('A state.'), 'States that mean failed.', { maxItems: 64 }),
      intervalSeconds: integer('Seconds between two looks.', { fallback: 1, minimum: 1 }),
      maxAttempts: integer('How often to look.', { fallback: 10, minimum: 1 }),
      timeoutSeconds: integer('How long to look.', { minimum: 1 }),
    }),
    fieldMapping: { ...fieldMapping(), since: 'oasgen 0.1' },
  },
  'How the state of the operation is looked up.',
  { required: ['path', 'statusPath', 'successValues'] },
)

const waitsSomehow: Rule = {
  message: 'async says nothing: set poll or pendingValues',
  holds: (value) => ['poll', 'pendingValues', 'operationRef', 'postGet', 'deadline', 'mode'].some((name) => value[name] !== undefined),
}

const async = object(
  {
    ...arrivedWith('reference 0.21', {
      mode: choice(['blocking', 'requeue'], 'Accepted for the reference; both are served by coming back later, no worker sleeps.'),
      operationRef: object(
        {
          in: choice(['body', 'header'], 'Where the handle of the operation is.'),
          path: text('Path in the body, or name of the header.'),
          jq: jqProgram('Cuts the handle out of the value.'),
        },
        'Where the answer names the operation that goes on. Waiting starts only when it is there.',
        { required: ['in', 'path'] },
      ),
      poll,
      postGet: flag('Read the object again after success.', { fallback: false }),
    }),
    ...arrivedWith('oasgen 0.1', {
      pendingValues: list(
        anything('A state.'),
        'States that mean still working; any other state that is not success is a failure.',
        { maxItems: 64 },
      ),
      deadline: text('How long the operation may take, as 30m or 1h30m.', { pattern: '^([0-9]+(ms|s|m|h))+$', maxLength: 32 }),
    }),
  },
  'The API answers before the work is done.',
  { since: 'reference 0.21', rules: [waitsSomehow] },
)

const body = object(
  {
    contentType: text('Media type of the request, where the document offers several.'),
    path: text('Where the object sits in the request: `data` or `rrsets[0]`.'),
    from: text('Path of the value in the custom resource that alone is the body: spec.items.'),
    mode: choice(
      ['full', 'changed', 'merged', 'mergePatch'],
      'full: every field. changed: fields that differ. merged: every field as observed with the spec on top, for an API that resets what it is not told. mergePatch: the difference as RFC 7386.',
      { fallback: 'full' },
    ),
    whenEmpty: choice(['omit', 'object'], 'What is sent when there is nothing to say: no body, or {}.', { fallback: 'omit' }),
  },
  'How the body is made.',
)

const outcome = object(
  {
    absentWhen: cel('CEL over response: true = the object does not exist. After the codes and predicates.'),
    errorWhen: cel('CEL over response: true = the request failed, whatever the status code says.'),
  },
  'What an answer means when its status code does not say it.',
)

/** What a verb and a step share. */
function callFields(): Readonly<Record<string, Node>> {
  return {
    method: choice(METHODS, 'The HTTP method to use [GET, POST, PUT, DELETE, PATCH].'),
    path: text('The path of the operation, exactly as the OpenAPI document writes it.'),
    requestFieldMapping: requestFieldMapping(),
    fieldMapping: fieldMapping(),
    headers: namedValues('header'),
    queries: namedValues('query parameter'),
    successCodes: codes('Further status codes that mean success.'),
    tolerateCodes: codes('Status codes that mean success with an empty body.'),
    notFoundCodes: codes('Status codes that mean absent, besides 404 and 410.'),
    notFoundBody: jqProgram(
      'Predicate over a successful answer (findby: over the matched item): true = absent. Not while a creation is pending.',
    ),
    requestTransform: jqProgram('Reshapes the assembled request body.'),
    responseTransform: jqProgram('Reshapes the response body before anything else reads it.'),
    pagination: pagination(),
    async,
    ...arrivedWith('oasgen 0.1', {
      body,
      itemPath: text("Where the object is in the answer: `data`, `tokens[0]`; `$` = the answer itself.", { maxLength: 1024 }),
      outcome,
    }),
    itemsPath: text('findby: where the list is in the answer; `$` = the answer itself.', { maxLength: 1024, since: 'reference 0.25' }),
  }
}

function steps(): Node {
  const own = {
    name: text('Name of the step; later ones read its answer as steps.<name>.', { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$', maxLength: 63 }),
    when: cel('CEL: false = this step is skipped.'),
    forEach: cel('CEL that gives a list: the call is made once per item.'),
  }
  const item = object({ ...own, ...callFields() }, 'One call.', { required: ['name', 'method', 'path'], rules: [mappingOnce] })
  return list(item, 'Several calls that together are the action, in order.', { since: 'oasgen 0.1', maxItems: 16 })
}

const only = (member: string, action: string): Rule => ({
  cel: `self.action == '${action}' || !has(self.${member})`,
  message: `${member} can only be set for '${action}' actions`,
  holds: (value) => value['action'] === action || value[member] === undefined,
})

const mappingOnce: Rule = {
  cel: '!(has(self.requestFieldMapping) && has(self.fieldMapping))',
  message: 'fieldMapping replaces requestFieldMapping; set only one of them',
  holds: (value) => value['requestFieldMapping'] === undefined || value['fieldMapping'] === undefined,
}

const callOrSteps: Rule = {
  cel: '(has(self.method) && has(self.path)) || (has(self.steps) && has(self.method) == has(self.path))',
  message: 'method and path must be set, unless the action consists of steps',
  holds: (value) => {
    const [method, path] = [value['method'] !== undefined, value['path'] !== undefined]
    return (method && path) || (value['steps'] !== undefined && method === path)
  },
}

const asyncWrites: Rule = {
  cel: "!has(self.async) || self.action in ['create', 'update', 'delete']",
  message: "async can only be set for 'create', 'update' and 'delete' actions",
  holds: (value) => value['async'] === undefined || ['create', 'update', 'delete'].some((action) => action === value['action']),
}

export function verb(): Node {
  const properties = {
    action: choice(ACTIONS, 'Name of the action to perform when this api is called [create, update, get, delete, findby].'),
    ...callFields(),
    identifiersMatchPolicy: choice(
      ['AND', 'OR'],
      "How identifiers are matched by a 'findby' action. AND: all of them must match. OR: one is enough.",
      { fallback: 'OR' },
    ),
    absenceProof: object(
      { path: text('Path of a GET operation that answers 2xx while the API is well; usually the parent.') },
      "Only for 'get': a 404 is believed only if this path answers 2xx.",
      { required: ['path'], since: 'oasgen 0.1' },
    ),
    idempotencyKey: object(
      { header: text('Name of the header.') },
      "Only for 'create': header that carries the same key on each repetition of one creation.",
      { required: ['header'], since: 'oasgen 0.1' },
    ),
    steps: steps(),
  }
  return object(properties, 'One action and the operation that carries it out.', {
    required: ['action'],
    rules: [
      only('identifiersMatchPolicy', 'findby'), only('pagination', 'findby'), only('itemsPath', 'findby'), only('absenceProof', 'get'),
      only('idempotencyKey', 'create'), asyncWrites, callOrSteps, mappingOnce,
    ],
  })
}
