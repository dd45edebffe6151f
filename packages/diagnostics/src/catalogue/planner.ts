import type { Catalogue } from './entry.js'

/** Findings about the Plan. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const PLN = {
  PLN0001: {
    severity: 'error',
    reason: 'PlanUnreadable',
    message: 'the Plan is not JSON: {problem}',
    help: 'Delete its ConfigMap: the provider writes it anew.',
    explain: 'Plans are written by oasgen-provider and read by controllers. This one was changed or cut on the way. The last good Plan goes on serving.',
  },
  PLN0002: {
    severity: 'error',
    reason: 'PlanFeatureUnknown',
    message: 'the Plan needs what this controller does not know: {features}',
    help: 'Update the controller to the version of the provider.',
    explain: `A Plan lists the features that it uses, and a controller refuses it only for one that it does not know. The provider is newer
than the controller; until both are of one version the last good Plan goes on serving.`,
  },
  PLN0003: {
    severity: 'error',
    reason: 'PlanMalformed',
    message: '{at} of the Plan is not {expected}',
    help: 'Delete its ConfigMap: the provider writes it anew. If it comes back, this is a defect; please report it with the Plan.',
    explain: 'The published JSON Schema of the Plan (specs/plan/schema.json) describes the form. Plans are not written by hand.',
  },
  PLN0004: {
    severity: 'error',
    reason: 'PlanTooLarge',
    message: 'the Plan has {bytes} bytes, more than the {limit} that a ConfigMap should hold',
    help: 'Split the RestDefinition, or exclude parts of very large bodies with excludedSpecFields.',
    explain: 'A Plan has a few kilobytes for a usual resource. One that does not fit holds a body with thousands of declared fields.',
  },
} as const satisfies Catalogue
