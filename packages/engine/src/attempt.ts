import type { JsonObject } from '@oasgen/json'
import { ANNOTATION, type Instant } from '@oasgen/wire'
import { annotationsOf } from './resource.js'
import { printInstant, readInstant } from './time.js'

/** What the annotations say about creating. `pending`: a request may have been sent, and nobody knows what came of it. */
export type Attempt =
  | { readonly type: 'none'; readonly number: number }
  | { readonly type: 'pending'; readonly number: number; readonly at: Instant }
  | { readonly type: 'succeeded'; readonly number: number; readonly at: Instant }
  | { readonly type: 'failed'; readonly number: number; readonly at: Instant }

/**
 * The reference's rule: pending newer than both others means that the outcome is unknown. A time that cannot be read counts as
 * absent, as there; removing the pending annotation by hand is the exit that the reference teaches.
 */
export function readAttempt(resource: JsonObject): Attempt {
  const annotations = annotationsOf(resource)
  const number = readNumber(annotations[ANNOTATION.externalCreateAttempt])
  const settled = settledByText(annotations[ANNOTATION.externalCreatePending], annotations[ANNOTATION.externalCreateSucceeded], annotations[ANNOTATION.externalCreateFailed])
  if (settled !== undefined) return { type: 'succeeded', number, get at() { return timeOf(settled) } }
  const pending = timeOf(annotations[ANNOTATION.externalCreatePending])
  const succeeded = timeOf(annotations[ANNOTATION.externalCreateSucceeded])
  const failed = timeOf(annotations[ANNOTATION.externalCreateFailed])
  if (pending > Math.max(succeeded, failed)) return { type: 'pending', number: Math.max(number, 1), at: pending }
  if (succeeded > 0 && succeeded >= failed) return { type: 'succeeded', number, at: succeeded }
  return failed > 0 ? { type: 'failed', number, at: failed } : { type: 'none', number }
}

/** The usual case without reading any time: all in our own form, succeeded last. */
function settledByText(pending: string | undefined, succeeded: string | undefined, failed: string | undefined): string | undefined {
  if (failed !== undefined || succeeded === undefined || succeeded.length !== OWN_LENGTH) return undefined
  if (!succeeded.endsWith('Z')) return undefined
  return pending === undefined || (pending.length === OWN_LENGTH && pending.endsWith('Z') && pending <= succeeded) ? succeeded : undefined
}
const OWN_LENGTH = '2026-11-21T15:49:00.123Z'.length

function readNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
}

function timeOf(text: string | undefined): Instant {
  return (text === undefined ? undefined : readInstant(text)) ?? 0
}

type Annotations = Readonly<Record<string, string>>

/** Written before the request: newer than every time that is there, whatever this machine's clock says. */
export function pendingAnnotations(attempt: Attempt, number: number, now: Instant): Annotations {
  return {
    [ANNOTATION.externalCreateAttempt]: String(number),
    [ANNOTATION.externalCreatePending]: printInstant(attempt.type === 'none' ? now : Math.max(now, attempt.at + 1)),
  }
}

export function succeededAnnotations(attempt: Attempt, now: Instant): Annotations {
  return { [ANNOTATION.externalCreateSucceeded]: printInstant(closing(attempt, now)) }
}

/** `next`: the attempt after this one; it rises only when the request was rejected, so that a repeated one carries the same key. */
export function failedAnnotations(attempt: Attempt, next: number, now: Instant): Annotations {
  return {
    [ANNOTATION.externalCreateAttempt]: String(next),
    [ANNOTATION.externalCreateFailed]: printInstant(closing(attempt, now)),
  }
}

function closing(attempt: Attempt, now: Instant): Instant {
  return attempt.type === 'none' ? now : Math.max(now, attempt.at)
}
