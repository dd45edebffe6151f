import { compareObjects, comparisonText } from '@oasgen/engine'
import { readJson } from '@oasgen/json'
import { planOf, callPlan, reconcile, resourceOf, response } from './drive.mjs'

export function answer({ group, input, want }) {
  if (group === 'comparison-message') return { text: message(input) }
  const equal = group === 'loose-scalar-equality' ? same(input.a, input.b) : input.resource === undefined ? declared(input) : upToDate(input)
  return typeof equal === 'boolean' ? { equal, ...('error' in want && { error: false }) } : equal
}

/** Our text comes from differences, so a result is made from one that says the same. */
function message({ equal, reason }) {
  if (equal) return comparisonText([])
  const text = comparisonText([{ path: 'spec.x', desired: reason?.FirstValue ?? '', observed: reason?.SecondValue ?? '', class: 'drift' }])
  return reason === null ? text.replace(/Reason=.*/, 'Reason=nil') : text.replace('values differ', reason.Reason)
}

function same(a, b) {
  return compareObjects({ v: a }, { v: b }).length === 0
}

function declared({ declared: wanted, observed, observedJSON }) {
  return compareObjects(wanted, observedJSON === undefined ? observed : readJson(observedJSON).value).length === 0
}

/** A resource without spec is an error of the resource; everything else is what get's answer gives. */
function upToDate({ resource, observed }) {
  if (resource.spec !== undefined) return compareObjects(resource.spec, observed).length === 0
  const plan = planOf({ actions: { get: { call: callPlan({ path: '/x' }) } } })
  return reconcile(plan, resourceOf(resource), () => response(200, observed)).last.type === 'stop' ? { error: true } : true
}
