import type { Catalogue } from './entry.js'

/** Findings about oasgen-provider. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const PRV = {
  PRV0101: {
    severity: 'error',
    reason: 'CrdNotOurs',
    message: 'the CRD {crd} exists already and was not made for this RestDefinition',
    help: 'take another resourceGroup or kind, or delete that CRD if nothing uses it; an identical CRD (oasgen render) is adopted',
    explain:
      'A CRD that somebody else made is never overwritten: its objects would lose fields, and two writers would undo each other for ever. ' +
      'A CRD is ours when our field manager made it, or when the status of this RestDefinition names its kind already (a running installation of the reference). ' +
      'A CRD with the very same content, committed to Git with `oasgen render`, is adopted.',
  },
  PRV0102: {
    severity: 'error',
    reason: 'KindTaken',
    message: 'the kind {kind} of group {group} belongs to RestDefinition {other} already',
    help: 'delete one of the two RestDefinitions, or give this one another kind or group',
    explain: 'Two controllers on one kind would create every object twice. The older RestDefinition keeps the kind; the younger one waits with this condition until the older one is gone.',
  },
  PRV0103: {
    severity: 'error',
    reason: 'GroupRefused',
    message: 'kinds of the group {group} may not be made: {why}',
    help: 'choose a group of your own (such as things.example.com), or let the administrator allow this one with --allow-groups',
    explain:
      'RestDefinitions make cluster-wide kinds, so not every group is open to them: groups of Kubernetes itself (*.k8s.io, kubernetes.io) are always refused, ' +
      'groups in which other CRDs exist need to be allowed by the administrator, and an administrator can restrict RestDefinitions to a list of groups.',
  },
  PRV0104: {
    severity: 'error',
    reason: 'SchemaDrift',
    message: 'the CRD {crd} was changed by {manager} and is not what this RestDefinition gives',
    help: 'remove the CRD from whatever writes it (or commit the output of oasgen render there); it is not overwritten by force',
    explain: 'Somebody took fields of the CRD over with another field manager. Fighting over them would write for ever, so the last state stays and this condition names the other writer.',
  },
  PRV0105: {
    severity: 'error',
    reason: 'SchemaChangeRefused',
    message: 'the new schema of {crd} would break what is there: {changes}',
    help: 'change the resources first, or confirm with the annotation krateo.io/accept-schema-change: "{generation}"',
    explain:
      'A changed document or definition narrows the schema or removes fields, and resources in the cluster use what would go. The old schema and the old Plan go on serving. ' +
      'The annotation with the generation of the RestDefinition confirms the change for this generation only.',
  },
  PRV0106: {
    severity: 'error',
    reason: 'DocumentUnavailable',
    message: 'cannot read {uri}: {why}',
    help: 'create what is missing; it is watched and read as soon as it is there',
    explain: 'The place that oasPath names has no document. Once a Plan exists it goes on serving while the document is away; nothing is deleted because of it.',
  },
  PRV0107: {
    severity: 'error',
    reason: 'SourceRefused',
    message: 'documents are not read from {uri} here: {why}',
    help: 'use configmap://, secret://, https://, oci:// or github://',
    explain: 'Files of the provider\'s own machine are no source in a cluster (file:// works in the CLI only), and the administrator can restrict hosts and namespaces.',
  },
  PRV0108: {
    severity: 'notice',
    reason: 'NotActivated',
    message: 'nothing is made until this kind is named: it is activated on demand',
    help: 'annotate the RestDefinition with krateo.io/activate: "true", or name {kind}.{group} in the activation list of the provider',
    explain: 'With controller.activation: whenNamed a definition costs nothing but itself, so that a bundle of a thousand definitions costs only what is used.',
  },
  PRV0109: {
    severity: 'error',
    reason: 'CompilerFailed',
    message: 'compiling {definition} did not end well: {why}',
    help: 'report this with the definition and the document; the last good Plan goes on serving',
    explain: 'The compiler runs in a worker with a time and a memory limit, so that a document can never take the provider down. This is a bug of ours or a document beyond all limits.',
  },
  PRV0110: {
    severity: 'error',
    reason: 'TemplateInvalid',
    message: 'the template {template} cannot be used: {why}',
    help: 'correct the template; the supported part of Go templates is in docs/provider.md',
    explain: 'Deployment templates are rendered once at start with sample values, so that a mistake is found then and not in the middle of a reconcile.',
  },
  PRV0111: {
    severity: 'error',
    reason: 'DeletionBlocked',
    message: '{count} resources of {kind} exist and onDefinitionDelete is block',
    help: 'delete the resources first, or set policy.onDefinitionDelete to cascade or orphan',
    explain: 'The definition asked not to be deleted while its resources exist. Nothing is torn down before they are gone.',
  },
} as const satisfies Catalogue
