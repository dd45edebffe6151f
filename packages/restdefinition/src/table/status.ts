import { arrivedWith, flag, integer, list, type Node, object, text } from './node.js'

const condition = object(
  {
    type: text('Type of the condition: Ready, Synced, Reconciling or Stalled.'),
    status: text('True, False or Unknown.'),
    reason: text('A reason for the last transition of the condition.'),
    message: text('Details about the last transition, if any.', { maxLength: 32768 }),
    lastTransitionTime: { ...text('When the status of the condition changed last.'), format: 'date-time' },
    observedGeneration: { ...integer('Generation of the object that the condition speaks of.'), since: 'oasgen 0.1' },
  },
  'A condition of the resource.',
  { required: ['lastTransitionTime', 'reason', 'status', 'type'] },
)

const named = (what: string): Node =>
  object({ apiVersion: text('Its API version.'), kind: text('Its kind.') }, `The kind that was made for the ${what}.`)

const fidelity = object(
  {
    carried: integer('Keywords of the document that the kind carries.'),
    strengthened: integer('Keywords that the kind enforces where the document only hints.'),
    weakened: integer('Keywords that the kind carries in a weaker form.'),
    dropped: integer('Keywords that the kind cannot carry.'),
    leaves: integer('Leaves of the schema.'),
    untyped: integer('Leaves without a type.'),
  },
  'How much of the document the kind carries; oasgen render prints the whole report.',
)

const problem = object(
  {
    code: text('Code of the finding; oasgen explain <code> tells more.'),
    severity: text('error, warning or notice.'),
    message: text('What was found.', { maxLength: 4096 }),
    where: text('The place.', { maxLength: 2048 }),
    help: text('What to do.', { maxLength: 4096 }),
  },
  'One finding.',
)

export const STATUS: Node = object(
  {
    conditions: list(condition, 'Conditions of the resource.', { keys: ['type'] }),
    oasPath: text('The path to the OpenAPI document that is served.'),
    resource: named('resource'),
    configuration: named('configuration'),
    digest: text('Digest of the managed objects.'),
    hasSecuritySchemes: flag('Whether the document defines security schemes.'),
    ...arrivedWith('reference 0.21', {
      oasHash: text('Hash of the content of the document.'),
      authSecretDigest: text('Digest of the names of Secrets that Configurations refer to.'),
      authSecretRBACNamespaces: list(text('A namespace.'), 'Namespaces in which the controller may read these Secrets.'),
    }),
    ...arrivedWith('oasgen 0.1', {
      observedGeneration: integer('Generation that this status speaks of; -1 before anybody has looked.'),
      crdHash: text('Hash of the CRDs that were made.'),
      planHash: text('Hash of the Plan that was published.'),
      runningPlanHash: text('Hash of the Plan that the controller runs.'),
      fidelity,
      findings: list(problem, 'What is to be known about document and definition, the worst first.', { maxItems: 32 }),
      findingsTotal: integer('How many findings there are in all.'),
    }),
  },
  'What has become of the definition.',
)
