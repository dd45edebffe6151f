import type { Catalogue } from './entry.js'

/** Findings about generated kinds and structural schemas. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CRD = {
  CRD0001: {
    severity: 'error',
    reason: 'InvalidCustomResourceDefinition',
    message: 'the API server would refuse {name}: {violation}',
    help: 'Change the schema at {path}; `oasgen explain CRD0001` lists the rules.',
    explain: `A CustomResourceDefinition must have a structural schema: every field has a type, patterns are RE2, defaults are
valid, CEL rules compile and stay inside the cost limits. This check gives the verdict of kube-apiserver without a cluster,
in its words and with its field paths.`,
  },
  CRD0002: {
    severity: 'error',
    reason: 'InvalidSchemaKeyword',
    message: 'the schema keyword {path} must be {expected}, not {actual}',
    help: 'CRDs speak the dialect of OpenAPI 3.0: one type per field, boolean exclusive bounds, `nullable` in place of a null type.',
    explain: `The API server decodes a CRD into fixed Go types before it judges it, so a keyword of another JSON type fails the
whole request: \`type: [string, "null"]\` of OpenAPI 3.1, a numeric \`exclusiveMinimum\`, \`items\` that is a boolean.`,
  },
} as const satisfies Catalogue
