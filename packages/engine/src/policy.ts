import { finding, type Finding } from '@oasgen/diagnostics'
import { ANNOTATION, readDuration } from '@oasgen/wire'
import type { Context } from './context.js'
import { annotationsOf } from './resource.js'

/** What may be done to the external object. */
export interface Policy {
  readonly paused: boolean
  readonly mayCreate: boolean
  readonly mayUpdate: boolean
  readonly mayDelete: boolean
  readonly orphan: boolean
  readonly drift: 'correct' | 'report' | 'ignore'
  readonly adoption: 'adopt' | 'match' | 'refuse' | 'only-existing'
  /** A word that nobody knows: nothing external is written until it is corrected. */
  readonly invalid: Finding | undefined
}

const DRIFT = ['correct', 'report', 'ignore'] as const
const ADOPTION = ['adopt', 'match', 'refuse', 'only-existing'] as const
const DELETION = ['delete', 'orphan'] as const
/** The reference's four words, and every other combination in the same form. */
const MANAGEMENT = [
  'default', 'observe', 'observe-create', 'observe-update', 'observe-delete', 'observe-create-update', 'observe-create-delete', 'observe-update-delete',
  'observe-create-update-delete',
] as const

/** The resource's annotation, then the RestDefinition, then the controller. */
export function policyOf(context: Context): Policy {
  const management = choose(context, 'management', MANAGEMENT, 'default')
  const deletion = choose(context, 'deletion', DELETION, 'delete')
  const drift = choose(context, 'drift', DRIFT, 'correct')
  const adoption = choose(context, 'adoption', ADOPTION, 'adopt')
  const invalid = [management, deletion, drift, adoption].find((choice) => choice.problem !== undefined)?.problem
  const may = (verb: string): boolean => invalid === undefined && (management.word === 'default' || management.word.includes(`-${verb}`))
  return {
    paused: annotationsOf(context.resource)[ANNOTATION.paused] === 'true',
    mayCreate: may('create'), mayUpdate: may('update'), mayDelete: may('delete'),
    orphan: invalid === undefined && deletion.word === 'orphan',
    drift: drift.word, adoption: adoption.word, invalid,
  }
}

interface Choice<W extends string> {
  readonly word: W
  readonly problem: Finding | undefined
}

type Field = 'management' | 'deletion' | 'drift' | 'adoption'
const KEY: Readonly<Record<Field, string>> = {
  management: ANNOTATION.managementPolicy, deletion: ANNOTATION.deletionPolicy, drift: ANNOTATION.driftPolicy, adoption: ANNOTATION.adoptionPolicy,
}

function choose<W extends string>(context: Context, field: Field, words: readonly W[], fallback: W): Choice<W> {
  const text = given(context, field) ?? fallback
  const word = words.find((known) => known === text)
  if (word !== undefined) return { word, problem: undefined }
  return { word: fallback, problem: finding('ENG0701', { place: placeOf(context, field), word: text.slice(0, 60), words: words.join(', ') }) }
}

function annotationFor({ resource }: Context, field: Field): string | undefined {
  const annotation = annotationsOf(resource)[KEY[field]]
  return annotation === '' ? undefined : annotation
}

function given(context: Context, field: Field): string | undefined {
  return annotationFor(context, field) ?? context.prepared.plan.policy[field] ?? context.subject.settings[field]
}

function placeOf(context: Context, field: Field): string {
  if (annotationFor(context, field) !== undefined) return `annotation ${KEY[field]}`
  return context.prepared.plan.policy[field] === undefined ? `the controller's ${field} policy` : `policy.${field} of the RestDefinition`
}

/** Seconds until the next look: annotation, RestDefinition, controller. A text that is no duration counts as absent. */
export function intervalSeconds({ resource, prepared, subject }: Context): number {
  const annotation = annotationsOf(resource)[ANNOTATION.interval]
  const own = annotation === undefined ? undefined : (readDuration(annotation) ?? Number(annotation) * 1000) / 1000
  return Math.max(1, own || prepared.plan.policy.intervalSeconds || subject.settings.resyncSeconds)
}
