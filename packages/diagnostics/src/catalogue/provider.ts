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
    message: 'the CRD {crd} is owned by {manager} too and is not what this RestDefinition gives: {changes}',
    help: 'commit the output of oasgen render there, or take the CRD out of it; it is not overwritten by force (krateo.io/accept-schema-change: "{id}" takes it back once)',
    explain:
      'Somebody owns the schema of the CRD with another field manager: a GitOps tool that applies a committed CRD, or a person with kubectl edit. Fighting over it would write for ever, ' +
      'so the last state stays and this condition names the other writer. The Plan that fits the served schema goes on serving. When the other writer applies what this RestDefinition ' +
      'gives, the two agree and the condition goes. The annotation krateo.io/accept-schema-change takes the CRD back once, by force.',
  },
  PRV0105: {
    severity: 'error',
    reason: 'SchemaChangeRefused',
    message: 'the new schema of {crd} would break {count} of its resources: {impacts}',
    help: 'change these resources first, or confirm the change with the annotation krateo.io/accept-schema-change: "{id}" on the RestDefinition',
    explain:
      'A changed document or definition narrows the schema or removes fields, and resources in the cluster use what would go. The old schema and the old Plan go on serving, ' +
      'and what is there is looked at again every minute: when no resource is in the way any more, the change is made by itself.\n\n' +
      'The annotation confirms it all the same. Its value is the word that the message names (this change and no other), the generation of the RestDefinition ' +
      '(every change that this generation brings), or `true` (every change while the annotation stands).',
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
  PRV0112: {
    severity: 'warning',
    reason: 'OperationDeprecated',
    message: 'the document marks {method} {path}, which is used as {action}, as deprecated',
    help: 'look in the changelog of the API for its successor, before the operation goes',
    explain:
      'The operation still works, so everything goes on. When a later document drops it, the last good Plan goes on serving, and resources keep their state, but the API may answer no more: ' +
      'name the successor in verbsDescription before that.',
  },
  PRV0113: {
    severity: 'notice',
    reason: 'FieldsDeprecated',
    message: 'the document marks fields of {kind} as deprecated: {fields}',
    help: 'resources that set them should move on before the API drops them',
    explain:
      'A deprecated field still works. When a later document drops it, resources that use it are in the way of the new schema (PRV0105), which is refused until they have moved on.',
  },
  PRV0114: {
    severity: 'warning',
    reason: 'SchemaKeptWide',
    message: 'the schema of {crd} is kept as wide as {count} of its resources need: {impacts}',
    help: 'correct these resources; the schema then becomes what the definition gives',
    explain:
      'The CRD of a running installation was taken over. Some resources use what the schema of this definition would refuse or drop, so exactly these places stay as they were. ' +
      'With every change of the definition, and at every start, it is tried again.',
  },
  PRV0115: {
    severity: 'error',
    reason: 'NamespaceRefused',
    message: 'RestDefinitions of namespace {namespace} are not taken here',
    help: 'let the administrator name it in --allow-namespaces, or use one of: {allowed}',
    explain: 'RestDefinitions make cluster-wide kinds, so an administrator can say which namespaces may have them. What was made before stays and serves.',
  },
  PRV0116: {
    severity: 'error',
    reason: 'OperationDropped',
    message: 'the last good Plan serves, as the newest document or definition cannot be used: {problem}',
    help: 'correct it (oasgen validate shows all findings); until then nothing changes for the resources',
    explain:
      'A document that became unreachable or broken, or that dropped an operation in use, changes nothing for resources that exist: the last Plan that was made without errors goes on serving. ' +
      'A definition that never had a good Plan is served by the verbs that do exist.',
  },
} as const satisfies Catalogue
