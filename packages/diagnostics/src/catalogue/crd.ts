import type { Catalogue } from './entry.js'

/** Findings about generated kinds and structural schemas. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CRD = {
  CRD0001: {
    severity: 'error',
    reason: 'InvalidCustomResourceDefinition',
    message: 'the API server would refuse {name}: {violation}',
    help: 'Leave the field out with excludedSpecFields, or change it with an overlay – and please report it with document and definition.',
    explain: `A CustomResourceDefinition must have a structural schema: every field has a type, patterns are RE2, defaults are
valid, CEL rules compile and stay inside the cost limits. This check gives the verdict of kube-apiserver without a cluster,
in its words and with its field paths. Kinds that we make should never be refused, whatever the document: this is a defect of ours.`,
  },
  CRD0002: {
    severity: 'error',
    reason: 'InvalidSchemaKeyword',
    message: 'the schema keyword {path} must be {expected}, not {actual}',
    help: 'CRDs speak the dialect of OpenAPI 3.0: one type per field, boolean exclusive bounds, `nullable` in place of a null type.',
    explain: `The API server decodes a CRD into fixed Go types before it judges it, so a keyword of another JSON type fails the
whole request: \`type: [string, "null"]\` of OpenAPI 3.1, a numeric \`exclusiveMinimum\`, \`items\` that is a boolean.`,
  },
  CRD0400: {
    severity: 'warning',
    reason: 'KindIsLarge',
    message: 'the CRD of {kind} is {kib} KiB; the largest parts are {fattest}',
    help: 'take out what nobody sets with excludedSpecFields, or shorten additionalStatusFields to single fields',
    explain: `A CRD is one object in the store of Kubernetes, which takes about 1.5 MB including its managed fields, and each API
server keeps several compiled forms of it in memory. Kinds beyond half a megabyte are slow to install and costly to serve. Descriptions
have been cut to their budget already; what is left is the schema itself.`,
  },
  CRD0401: {
    severity: 'notice',
    reason: 'KindNeedsServerSideApply',
    message: 'the CRD of {kind} is {kib} KiB, more than client-side apply can take; the largest parts are {fattest}',
    help: 'apply it with `kubectl apply --server-side`; the provider does so by itself',
    explain: `\`kubectl apply\` without \`--server-side\` keeps a copy of the object in an annotation, and annotations may hold 262,144
bytes in all. Server-side apply has no such copy.`,
  },
  CRD0402: {
    severity: 'warning',
    reason: 'RuleTooCostly',
    message: 'the rule "{rule}" is left out, because the API server would refuse the kind for it',
    help: 'bound the field with maxLength or maxItems in an overlay, or compare it with immutable: replace',
    explain: `The API server estimates the cost of every CEL rule from the largest value that the schema allows, and refuses a CRD
whose rules could cost too much. A field without bounds that is compared as a whole can exceed that.`,
  },
  CRD0403: {
    severity: 'warning',
    reason: 'KindIsCut',
    message: 'the schema of {kind} is cut in {cut} places to fit its size budget; the largest parts are {fattest}',
    help: 'take out what nobody sets with excludedSpecFields, so that the rest keeps its types',
    explain: `The document describes more fields than one CRD can hold. The deepest levels became objects of any content: they are sent
as they are given, but neither checked nor explained.`,
  },
  CRD0404: {
    severity: 'warning',
    reason: 'RuleHasNoPlace',
    message: 'immutable: deny on {path} cannot be enforced, because {problem}',
    help: 'use immutable: replace, or make the list keyed with compare: keyed and keys',
    explain: `A rule about changes compares a field with what it was. Elements of a list have no identity of their own, so the API server
refuses such a rule below one; and a field whose name CEL cannot spell (\`$id\`, letters beyond ASCII) cannot be named in a rule at all.`,
  },
} as const satisfies Catalogue
