import type { AsyncSettings, BodySettings, CallDescription, NamedValue, PollSettings, StepDescription, VerbDescription } from '../verb.js'
import { type Checked, choiceOf, compact, flagOf, numberOf, numbersOf, objectOf, objectsOf, required, textOf, valuesOf } from './checked.js'
import { readDuration } from './duration.js'
import { readMappings, readProgram } from './mapping.js'
import { readPagination } from './pagination.js'

export function readVerb(verb: Checked): VerbDescription {
  const proof = objectOf(verb, 'absenceProof')
  const key = objectOf(verb, 'idempotencyKey')
  return {
    ...readCall(verb),
    action: choiceOf<VerbDescription['action']>(verb, 'action') ?? 'get',
    identifiersMatchPolicy: choiceOf<'AND' | 'OR'>(verb, 'identifiersMatchPolicy') ?? 'OR',
    ...(proof && { absenceProof: { path: required(proof, 'path'), at: proof.at } }),
    ...(key && { idempotencyKey: { header: required(key, 'header') } }),
    steps: objectsOf(verb, 'steps').map(readStep),
  }
}

function readStep(step: Checked): StepDescription {
  return {
    ...readCall(step),
    name: required(step, 'name'),
    ...compact({ when: textOf(step, 'when'), forEach: textOf(step, 'forEach') }),
  }
}

function readCall(call: Checked): CallDescription {
  const outcome = objectOf(call, 'outcome')
  return {
    ...compact({
      method: choiceOf<NonNullable<CallDescription['method']>>(call, 'method'),
      path: textOf(call, 'path'),
      itemPath: textOf(call, 'itemPath'),
      itemsPath: textOf(call, 'itemsPath'),
      notFoundBody: readProgram(call, 'notFoundBody'),
      requestTransform: readProgram(call, 'requestTransform'),
      responseTransform: readProgram(call, 'responseTransform'),
      pagination: readPagination(objectOf(call, 'pagination')),
      async: readAsync(objectOf(call, 'async')),
    }),
    fieldMapping: readMappings(call),
    headers: readNamed(call, 'headers'),
    queries: readNamed(call, 'queries'),
    successCodes: numbersOf(call, 'successCodes'),
    tolerateCodes: numbersOf(call, 'tolerateCodes'),
    notFoundCodes: numbersOf(call, 'notFoundCodes'),
    body: readBody(objectOf(call, 'body')),
    outcome: outcome === undefined ? {} : compact({ absentWhen: textOf(outcome, 'absentWhen'), errorWhen: textOf(outcome, 'errorWhen') }),
    at: call.at,
  }
}

function readNamed(call: Checked, name: string): readonly NamedValue[] {
  return objectsOf(call, name).map((item) => ({ name: required(item, 'name'), value: required(item, 'value') }))
}

function readBody(body: Checked | undefined): BodySettings {
  if (body === undefined) return { mode: 'full', whenEmpty: 'omit' }
  return {
    ...compact({ contentType: textOf(body, 'contentType'), path: textOf(body, 'path'), from: textOf(body, 'from') }),
    mode: choiceOf<BodySettings['mode']>(body, 'mode') ?? 'full',
    whenEmpty: choiceOf<BodySettings['whenEmpty']>(body, 'whenEmpty') ?? 'omit',
  }
}

function readAsync(async: Checked | undefined): AsyncSettings | undefined {
  if (async === undefined) return undefined
  const reference = objectOf(async, 'operationRef')
  const deadline = textOf(async, 'deadline')
  return {
    mode: choiceOf<AsyncSettings['mode']>(async, 'mode') ?? 'requeue',
    ...compact({
      operationRef: reference && {
        in: choiceOf<'body' | 'header'>(reference, 'in') ?? 'body',
        path: required(reference, 'path'),
        ...compact({ jq: readProgram(reference, 'jq') }),
      },
      poll: readPoll(objectOf(async, 'poll')),
      deadlineSeconds: deadline === undefined ? undefined : readDuration(deadline),
    }),
    pendingValues: valuesOf(async, 'pendingValues'),
    postGet: flagOf(async, 'postGet') ?? false,
  }
}

function readPoll(poll: Checked | undefined): PollSettings | undefined {
  if (poll === undefined) return undefined
  return {
    path: required(poll, 'path'),
    method: 'GET',
    handleParam: textOf(poll, 'handleParam') ?? 'operationId',
    statusPath: required(poll, 'statusPath'),
    successValues: valuesOf(poll, 'successValues'),
    failureValues: valuesOf(poll, 'failureValues'),
    intervalSeconds: numberOf(poll, 'intervalSeconds') ?? 1,
    maxAttempts: numberOf(poll, 'maxAttempts') ?? 10,
    ...compact({ timeoutSeconds: numberOf(poll, 'timeoutSeconds') }),
    fieldMapping: readMappings(poll),
    at: poll.at,
  }
}
