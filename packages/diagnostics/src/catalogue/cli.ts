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
  CLI0104: {
    severity: 'warning',
    reason: 'OfficialSchemaViolated',
    message: 'the document is not valid OpenAPI {version}: {place} {problem}',
    help: 'tell its publisher, or correct it with an overlay (spec.document.overlays)',
    explain:
      '`oasgen validate --strict` judges documents by the official schema of their OpenAPI version. Many documents in the wild violate it and work all the same: ' +
      'oasgen reads what it can and speaks up elsewhere when something that it needs is wrong. For your own document this list is worth keeping empty.',
  },
  CLI0105: {
    severity: 'notice',
    reason: 'LostOnReference',
    message: '{field} would be lost on the reference: {why}',
    help: 'nothing to do, unless the same definition has to work there too',
    explain:
      '`oasgen validate --reference` lists what a definition uses that the provider it was first written for does not know. There the field would be pruned by the API server ' +
      'or refused, and the behaviour would be that of a definition without it. Fields that a later release of the reference knows are said to be so.',
  },
  CLI0106: {
    severity: 'warning',
    reason: 'FixNotApplicable',
    message: 'the fix "{title}" cannot be written: {problem}',
    help: 'make the change by hand',
    explain: 'A fix is a patch of the RestDefinition as it was read. Where the file does not hold that object as it is (a List, standard input, a template), it is left to a person.',
  },
  CLI0201: {
    severity: 'error',
    reason: 'PortTaken',
    message: 'port {port} for {what} is taken by another program',
    help: 'take another one: {flag} 0 takes any that is free, and this folder keeps it',
    explain:
      '`oasgen up` listens on this machine only, on port 16443 for the Kubernetes API and 18080 for the bookshop. Another `oasgen up` in another folder, or any other program, may have them. ' +
      'A port that was taken with 0 is remembered in `.oasgen/ports.json`, because external objects and kubeconfigs name it.',
  },
  CLI0202: {
    severity: 'error',
    reason: 'FolderNotWritable',
    message: 'cannot write into {folder}: {problem}',
    help: 'go to a folder of your own, or keep nothing: oasgen up --in-memory',
    explain: '`oasgen up` keeps its data, its kubeconfig and its lock in `.oasgen` of the folder in which it was started.',
  },
  CLI0203: {
    severity: 'error',
    reason: 'RunsAlready',
    message: 'oasgen up runs in this folder already (process {pid})',
    help: 'use that one (its kubeconfig is .oasgen/kubeconfig), stop it with Ctrl-C, or go to another folder',
    explain: 'Two control planes over the same data would destroy it, so the folder is locked while one runs. The lock of a process that was killed is taken over.',
  },
} as const satisfies Catalogue
