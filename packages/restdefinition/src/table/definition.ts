import { arrivedWith, choice, integer, list, map, type Node, object, open, type Rule, text } from './node.js'
import { exports, fields } from './field.js'
import { cel, verb } from './verb.js'

const once = (
  what: string,
  are: string,
  it: string,
): string => `${what} ${are} immutable, you cannot change ${it} once the CRD has been generated`

const DURATION = '^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|ms|s|m|h|d))+$'
const SPANS = '30s, 5m or 1h30m'

/**
 * The reference's two forms first, written as it writes them (its key class accepts more than file names; manifests rely on what it accepts),
 * then ours.
 */
const OAS_PATH = [
  'configmap:\\/\\/([a-z0-9-]+)\\/([a-z0-9-]+)\\/([a-zA-Z0-9.-_]+)',
  'https?:\\/\\/\\S+',
  'configmap:\\/\\/([a-z0-9-]+)\\/([a-z0-9.-]+)\\/([a-zA-Z0-9._-]+)',
  'secret:\\/\\/([a-z0-9-]+)\\/([a-z0-9.-]+)\\/([a-zA-Z0-9._-]+)',
  'oci:\\/\\/[^\\s@#]+(@sha256:[a-f0-9]{64})?(#\\S+)?',
  'github:\\/\\/[^\\s\\/@]+\\/[^\\s\\/@]+\\/[^\\s@]+@\\S+',
].join('|')

const credentialsRef = object(
  {
    name: text('Name of the Secret.', { maxLength: 253 }),
    namespace: text('Its namespace. Absent: the namespace of this definition.', { maxLength: 63 }),
    key: text('Key of a token.', { fallback: 'token', maxLength: 253 }),
    usernameKey: text('Key of a user name, for basic authentication.', { maxLength: 253 }),
    passwordKey: text('Key of a password, for basic authentication.', { maxLength: 253 }),
    header: text('Header that takes the token as it is, instead of Authorization: Bearer.', { maxLength: 256 }),
  },
  'Credentials for downloading the document.',
  { required: ['name'] },
)

const overlayForm: Rule = {
  cel: 'has(self.path) != has(self.actions)',
  message: 'an overlay is either a path or inline actions',
  holds: (value) => (value['path'] !== undefined) !== (value['actions'] !== undefined),
}

const overlay = object(
  {
    path: text('Where the overlay is: configmap://<namespace>/<name>/<key> or http(s)://<url>.', { maxLength: 2048 }),
    overlay: text('Version of the Overlay specification.', { fallback: '1.0.0', maxLength: 16 }),
    info: open('Info Object of the overlay.'),
    extends: text('The document that it is for; for information.', { maxLength: 2048 }),
    actions: list(open('An Action Object: target, and update or remove.'), 'The changes, in order.', { maxItems: 512 }),
  },
  'One OpenAPI Overlay 1.0, inline or by path. Targets address the published document.',
  { rules: [overlayForm] },
)

const document = object(
  {
    credentialsRef,
    digest: text('Only a document with this digest is accepted.', { pattern: '^sha256:[a-f0-9]{64}$' }),
    refreshInterval: text('How often a document behind a URL is looked at again.', { pattern: DURATION, form: SPANS, fallback: '5m', maxLength: 32 }),
    servers: list(
      open('A Server Object.'),
      "Servers that replace the document's. A Configuration's baseURL wins over them.",
      { maxItems: 16 },
    ),
    securitySchemes: map(
      open('A Security Scheme Object.'),
      'Security schemes that are added to the document, or replace those of the same name.',
    ),
    security: list(open('A Security Requirement Object.'), "Security requirements that replace the document's.", { maxItems: 16 }),
    overlays: list(overlay, 'Overlays that are applied in order.', { maxItems: 16 }),
  },
  'What is to be known about the document itself.',
)

const configurationFields = list(
  object(
    {
      fromOpenAPI: object({
        name: text('Name of the parameter.'),
        in: text('Where it is: query, path, header or cookie.'),
      }, 'The parameter.', {
        required: ['in', 'name'],
      }),
      fromRestDefinition: object(
        {
          actions: list(text('An action, or "*".'), 'The list of actions this configuration applies to. Use ["*"] to apply to all actions.', {
            minItems: 1,
          }),
        },
        'The actions.',
        { required: ['actions'] },
      ),
    },
    'One parameter that is taken from the Configuration instead of the spec.',
    { required: ['fromOpenAPI', 'fromRestDefinition'] },
  ),
  'The list of parameters that the Configuration holds.',
  { immutable: once('ConfigurationFields', 'are', 'them') },
)

const fieldPaths = (description: string, what: string): Node =>
  list(text('A field path.'), description, { immutable: once(what, 'are', 'them') })

const label = (description: string): Node => text(description, { pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 })

const names = object(
  {
    plural: label("Plural of the kind. Absent: the reference's English plural of the lower-cased kind."),
    singular: label('Singular. Absent: the lower-cased kind.'),
    shortNames: list(label('A short name.'), 'Short names for kubectl.', { maxItems: 8 }),
    categories: list(label('A category.'), 'Further categories, besides the kind, restresources and rr.', { maxItems: 8 }),
  },
  'Names of the generated kind.',
)

const apiRef = (name: string): Node =>
  open(`${name} delegates to a service that is not part of this product. Accepted by the schema, refused with a finding; use steps.`, {
    since: 'reference 0.21',
    refused: true,
  })

const resource = object(
  {
    kind: text('The name of the resource to manage.', { immutable: once('Kind', 'is', 'that') }),
    // Without a bound every rule below counts a million times and the API server refuses the CRD; there are five actions.
    verbsDescription: list(verb(), 'The list of verbs to use on this resource.', { maxItems: 64 }),
    identifiers: fieldPaths(
      'The list of fields to use as identifiers - used to find the object and to populate the status of the resource.',
      'Identifiers',
    ),
    additionalStatusFields: fieldPaths(
      'The list of fields to use as additional status fields - used to populate the status of the resource.',
      'AdditionalStatusFields',
    ),
    configurationFields,
    excludedSpecFields: fieldPaths(
      'The list of fields to exclude from the spec of the generated CRD (for example server-generated technical IDs could be excluded).',
      'ExcludedSpecFields',
    ),
    compareScope: choice(
      ['fullSpec', 'identifiersAndStatus', 'updatable'],
      'What decides drift: the whole spec, only identifiers and status fields, or only what the update can express.',
      { fallback: 'fullSpec', since: 'reference 0.21' },
    ),
    createApiRef: apiRef('createApiRef'),
    observeApiRef: apiRef('observeApiRef'),
    updateApiRef: apiRef('updateApiRef'),
    deleteApiRef: apiRef('deleteApiRef'),
    ...arrivedWith('oasgen 0.1', {
      names,
      schema: choice(
        ['compatible', 'strict'],
        "compatible: the generated schema is as wide as the reference's. strict: it carries the document's constraints and keeps unneeded parameters out of the spec.",
        { fallback: 'compatible' },
      ),
      readyWhen: cel('CEL over self and observed: true = Ready.'),
      failedWhen: cel('CEL over self and observed: true = it failed on the other side and waits for a human.'),
      completedWhen: cel('CEL over self and observed: true = finished on the other side; Ready, and neither made again nor updated.'),
      deletedWhen: cel('CEL over self and observed, while deleting: true = gone although still readable.'),
    }),
    fields: fields(),
    exports: exports(),
  },
  'The resource to manage.',
  { required: ['kind', 'verbsDescription'] },
)

const policy = object(
  {
    management: choice(
      ['default', 'observe-create-update', 'observe-delete', 'observe'],
      'Which of create, update and delete are allowed.',
      { fallback: 'default' },
    ),
    deletion: choice(['delete', 'orphan'], 'orphan: the external object is kept when the resource is deleted.', { fallback: 'delete' }),
    drift: choice(['correct', 'report', 'ignore'], 'What is done about a change that somebody else made.', { fallback: 'correct' }),
    adoption: choice(
      ['adopt', 'match', 'refuse', 'only-existing'],
      'What is done about an object that is already there. match: taken over only when nothing differs. only-existing: never created.',
      { fallback: 'adopt' },
    ),
    interval: text('How often an object is looked at.', { pattern: DURATION, form: SPANS, maxLength: 32 }),
    onDefinitionDelete: choice(
      ['cascade', 'orphan', 'block'],
      'What happens to the resources when this definition is deleted.',
      { fallback: 'cascade' },
    ),
  },
  'Defaults of the policies for all resources of this kind. An annotation on a resource wins.',
)

const controller = object(
  {
    mode: choice(
      ['dedicated', 'shared'],
      'dedicated: a Deployment for this kind. shared: one Deployment per namespace for all kinds that say so.',
      { fallback: 'dedicated' },
    ),
    activation: choice(
      ['always', 'whenNamed'],
      'whenNamed: no CRD and no controller until something needs the kind.',
      { fallback: 'always' },
    ),
    replicas: integer('Replicas of the Deployment.', { minimum: 0, maximum: 16 }),
    workers: integer('Resources that are worked on at the same time.', { minimum: 1, maximum: 256 }),
    resources: open('Resource requests and limits of the container.'),
    nodeSelector: map(text('A label value.'), 'Node selector of the pods.'),
    tolerations: list(open('A toleration.'), 'Tolerations of the pods.', { maxItems: 16 }),
    serviceAccountAnnotations: map(text('An annotation value.'), 'Annotations of the service account, for workload identity.'),
  },
  'How the controller of this kind runs.',
)

export const SPEC: Node = object(
  {
    oasPath: text(
      'Where the OpenAPI document is. It can change over time, for example when the document moves to a new version.\n' +
        '- configmap://<namespace>/<name>/<key>\n- secret://<namespace>/<name>/<key>\n- http(s)://<url>\n' +
        '- oci://<registry>/<repository>:<tag>[@sha256:<digest>][#<file>]\n- github://<owner>/<repository>/<path>@<ref>',
      { pattern: `^(${OAS_PATH})$`, form: 'configmap://namespace/name/key, secret://namespace/name/key, http(s)://…, oci://registry/repository:tag or github://owner/repository/path@ref' },
    ),
    ...arrivedWith('oasgen 0.1', { document }),
    resourceGroup: text('The API group of the resource to manage.', { immutable: once('ResourceGroup', 'is', 'that') }),
    resource,
    ...arrivedWith('oasgen 0.1', { policy, controller }),
  },
  'What makes a kind: a document, a group and the operations of one resource.',
  { required: ['oasPath', 'resource', 'resourceGroup'] },
)
