import type { Catalogue } from './entry.js'

/** Findings about the command. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CLI = {
  CLI0101: {
    severity: 'error',
    reason: 'DocumentNotFound',
    message: 'cannot read the document {address}: {why}',
    help: 'name the document on the command line: --document <file or address>',
    explain:
      'Offline, ConfigMaps and Secrets are looked for among the files that were named, relative paths beside the file of the RestDefinition. ' +
      'In a cluster the provider reads the same address from the API server.',
  },
  CLI0102: {
    severity: 'error',
    reason: 'ResourceInvalid',
    message: 'the API server would refuse {field}: {problem}',
    help: 'correct the manifest; oasgen schema gives editors the schema of the kind',
    explain: 'The manifest was judged by the CRD that its RestDefinition gives, with the rules of kube-apiserver.',
  },
  CLI0103: {
    severity: 'warning',
    reason: 'UnknownField',
    message: 'the field {field} is not part of {kind} and would be dropped',
    help: 'remove it, or look for the name in the CRD (oasgen render)',
    explain: 'The API server prunes fields that a CRD does not declare. kubectl apply says so as a warning; here it is found before.',
  },
} as const satisfies Catalogue
