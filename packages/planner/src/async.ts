import type { CallModel } from '@oasgen/model'
import type { AsyncPlan } from '@oasgen/plan'
import type { AsyncSettings, PollSettings, VerbAction } from '@oasgen/restdefinition'
import { compileSide, parameterMappings } from './call.js'
import { jqText } from './jq-text.js'
import type { Planning } from './planning.js'

/** An operation without any limit of its own is given up after an hour. */
const DEADLINE_SECONDS = 3600

export function compileAsync(planning: Planning, call: CallModel, action: VerbAction): AsyncPlan | undefined {
  const settings = call.description.async
  if (settings === undefined) return undefined
  const poll = settings.poll && compilePoll(planning, call, { settings, poll: settings.poll, action })
  return {
    ...handleMember(settings),
    ...(poll !== undefined && { poll }),
    deadlineSeconds: deadlineOf(settings),
  }
}

function handleMember({ operationRef }: AsyncSettings): Pick<AsyncPlan, 'handle'> {
  if (operationRef === undefined) return {}
  const jq = jqText(operationRef.jq)
  return { handle: { in: operationRef.in, path: operationRef.path, ...(jq !== undefined && { jq }) } }
}

/** Looks that may be further apart than the interval are not counted: so many of them, so far apart, are the time that there is. */
function deadlineOf({ deadlineSeconds, poll }: AsyncSettings): number {
  const attempts = poll === undefined ? DEADLINE_SECONDS : Math.max(1, poll.maxAttempts * poll.intervalSeconds)
  return deadlineSeconds ?? poll?.timeoutSeconds ?? attempts
}

interface Polling {
  readonly settings: AsyncSettings
  readonly poll: PollSettings
  readonly action: VerbAction
}

function compilePoll(planning: Planning, call: CallModel, { settings, poll, action }: Polling): AsyncPlan['poll'] {
  if (call.poll === undefined) return undefined
  // Values of the verb's own path (an organisation, a project) fill the poll's too; a poll after a create knows the identity by then.
  const mappings = parameterMappings([...poll.fieldMapping, ...call.description.fieldMapping])
  const input = { action, mappings, handle: poll.handleParam, description: call.description }
  return {
    call: compileSide(planning, call.poll, input),
    handleParameter: poll.handleParam,
    statusPath: poll.statusPath,
    successValues: poll.successValues,
    failureValues: poll.failureValues,
    ...(settings.pendingValues.length > 0 && { pendingValues: settings.pendingValues }),
    intervalSeconds: poll.intervalSeconds,
  }
}
