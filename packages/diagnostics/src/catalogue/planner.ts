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
  PLN0005: {
    severity: 'error',
    reason: 'ProgramMissing',
    message: 'the program {ref} is not in place',
    help: 'Check that the ConfigMap or URL exists; the provider reads it again by itself.',
    explain: 'A jq program that the definition keeps elsewhere could not be read. The Plan is made without it and must not be used for this verb.',
  },
  PLN0101: {
    severity: 'error',
    reason: 'PathUnreadable',
    message: 'the path {path} cannot be read: {problem} (column {column})',
    help: "Write names with dots in brackets, a['b.c']; elements by number, a[0], or by a member, a[?name=x]; $ alone is the whole.",
    explain: `Places in bodies and answers are written in one language: names joined by dots, names with dots in quoted brackets, elements of
lists by number or by the value of a member. JSONPath, which begins with \`$.\`, is another language. No Plan is made from a path that
cannot be read; the last good one goes on serving.`,
  },
  PLN0103: {
    severity: 'error',
    reason: 'MarkNotSent',
    message: 'no request of create carries {path}, so nothing would carry the mark',
    help: 'Mark a field that the body of create declares.',
    explain: `An ownership mark is a value of ours in the new object, by which an object is found again when the answer to its creation got
lost. It only helps when the request that creates sends it and the list shows it.`,
  },
  PLN0104: {
    severity: 'error',
    reason: 'ReplaceImpossible',
    message: '{path} is to be changed by replacing the object, but there is no {action}',
    help: 'Describe {action}, or use immutable: deny.',
    explain: '`immutable: replace` deletes the object, waits until it is gone and creates it again. Both verbs have to exist.',
  },
  PLN0105: {
    severity: 'error',
    reason: 'WitnessUnknown',
    message: 'the witness {path} is no field of the status',
    help: 'Add it to additionalStatusFields. The status has: {known}.',
    explain: `A witness is a field that the API changes whenever somebody writes the object, such as a time of change. It stands for a value that
no answer shows. It is read from the status, so the status has to hold it.`,
  },
  PLN0106: {
    severity: 'error',
    reason: 'KeysMissing',
    message: '{path} is compared by keys, but no keys are named',
    help: 'Name the members that tell its elements apart: keys: [name].',
    explain: 'With `compare: keyed` elements of two lists are partners when these members are equal, wherever they stand.',
  },
  PLN0107: {
    severity: 'warning',
    reason: 'NotAList',
    message: '{path} is no list, so compare: {compare} changes nothing',
    help: 'Name the list itself. Elements are addressed with [], as in spec.rules[].ports.',
    explain: '`set`, `keyed` and `contains` say how the elements of a list are compared.',
  },
  PLN0108: {
    severity: 'warning',
    reason: 'CreateReadsStatus',
    message: 'create cannot read {path}: before the object exists there is no status, and a former one may belong to an object that is gone',
    help: 'Read the value from the spec.',
    explain: `A resource that is created again, after a backup or after somebody removed the object, may still have the status of the former
one. A create that used it could attach the new object to the wrong place, so it never reads the status.`,
  },
  PLN0109: {
    severity: 'warning',
    reason: 'OperationNotFollowed',
    message: '{action} starts an operation, but nothing says where its progress is read',
    help: 'Describe async.poll with a path of the document.',
    explain: 'A handle in a body is only a name. The poll says which path takes it and where the answer tells the state. Without one the object itself is read until it is there.',
  },
  PLN0110: {
    severity: 'error',
    reason: 'SideUnfillable',
    message: 'the {what} of {action} cannot fill the parameter {parameter}',
    help: 'Say where it comes from with fieldMapping: inPath: {parameter} and inCustomResource.',
    explain: 'A poll and a proof of absence are requests of their own. Their parameters are filled by the mappings of the verb, the Configuration, spec and status.',
  },
  PLN0111: {
    severity: 'error',
    reason: 'TransformReadsSecret',
    message: 'the requestTransform of {action} would read a secret',
    help: 'Place the secret with fieldMapping or body.path, and leave the transform out.',
    explain: 'Secrets pass through requests sealed: only the sender of the request opens them. A program over the whole body would have to read the value, and could copy it anywhere.',
  },
  PLN0112: {
    severity: 'warning',
    reason: 'NothingUpdatable',
    message: 'compareScope is updatable, but update can express none of the fields: nothing is ever compared',
    help: 'Remove compareScope, or describe update with the operation that takes these fields.',
    explain: '`updatable` compares only what the body of update can send. A body that declares nothing leaves nothing to compare.',
  },
} as const satisfies Catalogue
