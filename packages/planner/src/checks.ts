import type { Finding } from '@oasgen/diagnostics'
import type { Plan } from '@oasgen/plan'
import { callFindings } from './check-calls.js'
import { fieldFindings } from './check-fields.js'
import { pathFindings } from './check-paths.js'
import type { Planning } from './planning.js'
import { programFindings } from './programs.js'

/** What cannot even be read: there is no honest Plan without it, so the last good one goes on serving. */
export function unreadable({ model }: Planning): readonly Finding[] {
  return [...pathFindings(model), ...programFindings(model)]
}

/** What was compiled and cannot do what it is there for. */
export function planFindings(planning: Planning, plan: Plan): readonly Finding[] {
  return [...fieldFindings(planning, plan), ...callFindings(planning, plan)]
}
