import type { Catalogue } from './entry.js'

/** Findings about what the controller decides. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const ENG = {
  ENG0101: {
    severity: 'error',
    reason: 'MissingParameter',
    message: '{action} cannot fill the {in} parameter {name}',
    help: 'Set the field in the resource or in its Configuration, or map it with fieldMapping in the RestDefinition.',
    explain: `A request is filled from the definition's mappings, the Configuration, the spec and, except for create, the status. None of
them has a value for this parameter, and the API needs one.

Nothing was sent. When the parameter is an id that the API assigns, it becomes known by create's answer or by findby; a
\`findby\` in the RestDefinition lets the controller find it again.`,
  },
  ENG0102: {
    severity: 'error',
    reason: 'UnsafePathValue',
    message: '{action} would put a value into the path parameter {name} that cannot stand there: {reason}',
    help: 'Correct the field that fills the parameter.',
    explain: `A value in a path may hold any character, because it is percent-encoded. An empty value, \`.\` and \`..\` are different: URL
parsers on the way collapse them, and a DELETE of one object would become a DELETE of its collection. Control characters have no
meaning in a path and are refused too.`,
  },
  ENG0103: {
    severity: 'error',
    reason: 'ServerUnusable',
    message: 'the server URL {url} is not an absolute http or https URL',
    help: 'Give document.servers in the RestDefinition or baseURL in the Configuration.',
    explain: `The OpenAPI document names no server, a relative one, or one that is not HTTP. A relative URL counts from where the document
was loaded; a document from a ConfigMap has no such place.`,
  },
  ENG0104: {
    severity: 'error',
    reason: 'ServerVariableUnusable',
    message: 'the server variable {name} cannot be {value}',
    help: 'Set serverVariables in the Configuration to one of the values that the document allows.',
    explain: `A server URL such as \`https://{region}.example.com\` takes its variables from the Configuration, else from the document's
defaults. Values outside of the document's enum are refused, and so are values that would move where the host or the path begins.`,
  },
  ENG0105: {
    severity: 'error',
    reason: 'ExpressionFailed',
    message: 'the expression {expression} has no result: {problem}',
    help: 'Guard fields that may be absent: has(self.spec.x) ? … : … in CEL, .x // "default" in jq.',
    explain: `Expressions are checked when the RestDefinition is read, so this one is well-formed; it met a value that it cannot work
with, most often a field that is absent in this resource or this answer, or it used up its budget.`,
  },
  ENG0106: {
    severity: 'error',
    reason: 'UnsafeHeaderValue',
    message: 'the value for the header {name} holds characters that no header may hold',
    help: 'Remove line breaks, control characters and characters beyond Latin-1 from the field that fills it.',
    explain: 'A line break in a header value would begin another header, and characters beyond Latin-1 are read differently by every server.',
  },
  ENG0107: {
    severity: 'error',
    reason: 'SecretMissing',
    message: 'the Secret {name} that the resource names does not exist',
    help: 'Create the Secret with that key; the resource is served as soon as it is there.',
    explain: `A field of this resource takes its value from a Secret in the same namespace. Until the Secret has the key nothing is sent,
because a request with a hole in it could reset the value on the other side.`,
  },
  ENG0108: {
    severity: 'error',
    reason: 'SecretInTransform',
    message: 'the requestTransform would read a secret value',
    help: 'Map the secret with fieldMapping or fields[].secret, and keep it out of requestTransform.',
    explain: `A secret is put into the request while the bytes are written and exists nowhere before. A jq program over the whole body would
have to see it, and what it made of it could end in a log.`,
  },
  ENG0109: {
    severity: 'error',
    reason: 'BodyUnusable',
    message: 'the body cannot be sent as {contentType}: expected {expected}',
    help: 'Change the field that holds the body, or body.contentType in the RestDefinition.',
    explain: 'Forms are made of named fields, file uploads of base64 text. The resource holds something else in that place.',
  },
  ENG0110: {
    severity: 'error',
    reason: 'VerbMissing',
    message: 'the RestDefinition has no call for {action}',
    help: 'Add the verb to verbsDescription.',
    explain: 'The verb is named without method and path, or its path is not in the document; the RestDefinition says which.',
  },
  ENG0201: {
    severity: 'error',
    reason: 'RequestRefused',
    message: '{action} was refused with HTTP {status}{text}',
    help: 'Correct the spec; the request is repeated only slowly until something changes.',
    explain: `The API understood the request and does not accept it. Repeating it would not help, so the controller waits for a change of
the resource, its Configuration or its Secrets, and looks again now and then.`,
  },
  ENG0202: {
    severity: 'error',
    reason: 'Unauthorised',
    message: '{action} was answered with HTTP {status}: the credentials are not accepted{text}',
    help: 'Check the credentials in the Configuration and their permissions at the API.',
    explain: `401 and 403 say nothing about the object: it is neither found nor absent. The external object is left alone until the API
accepts the credentials again. Where an API answers 403 for objects that do not exist, say so with \`notFoundCodes: [403]\`; it
then counts together with a list that lacks the object.`,
  },
  ENG0203: {
    severity: 'warning',
    reason: 'Throttled',
    message: '{action} was answered with HTTP {status}: too many requests{text}',
    explain: 'The API limits the rate of requests. The next one is sent when the API says so (`Retry-After`, rate-limit headers), else with growing pauses.',
  },
  ENG0204: {
    severity: 'warning',
    reason: 'ConflictingState',
    message: '{action} was answered with HTTP {status}: the object is in another state than expected{text}',
    explain: `409 and 412 mean that somebody else was faster or that the object is busy. It is read again before anything else is sent.
After a create, 409 usually says that an object of that name exists: it is looked up and adopted if the policy allows it.`,
  },
  ENG0205: {
    severity: 'warning',
    reason: 'ServerTrouble',
    message: '{action} was answered with HTTP {status}{text}',
    explain: `The API has trouble of its own. Nothing is concluded from it: the object counts as neither found nor absent, and a create that
was answered so may have been carried out all the same, so it is looked up before it is sent again.`,
  },
  ENG0206: {
    severity: 'warning',
    reason: 'NoAnswer',
    message: '{action} got no answer: {problem}',
    explain: `The API could not be reached or did not answer in time. Nothing is concluded from it; a create that may have reached the API is
looked up before it is sent again.`,
  },
  ENG0207: {
    severity: 'error',
    reason: 'UnexpectedBody',
    message: '{action} got an answer that cannot be used: {problem}',
    help: 'Say where the object is with itemPath (the list: itemsPath), or reshape the answer with responseTransform.',
    explain: `The answer was a success, but it does not have the form that the document and the definition describe. It counts as neither
found nor absent, because both could do harm.`,
  },
  ENG0208: {
    severity: 'error',
    reason: 'ErrorInBody',
    message: '{action} was answered with HTTP {status} and an error inside (errorWhen)',
    explain: 'The definition says by `outcome.errorWhen` how this API puts errors into successful answers, and this answer fits.',
  },
  ENG0209: {
    severity: 'error',
    reason: 'Redirected',
    message: '{action} was redirected with HTTP {status}',
    help: 'Use the address that the API redirects to: document.servers in the RestDefinition or baseURL in the Configuration.',
    explain: 'Redirects of requests that carry credentials are followed only to the same origin and only for reading. This one was not followed.',
  },
  ENG0210: {
    severity: 'error',
    reason: 'ParentMissing',
    message: 'create was answered with {proof}: the place to create in does not exist',
    help: 'It is tried again until the parent is there; correct the field that names it if that is wrong. A reference field waits without asking.',
    explain: 'A 404 for a create means that the collection is not there: most often the parent object that its path names has not been made yet.',
  },
  ENG0301: {
    severity: 'error',
    reason: 'AmbiguousMatch',
    message: '{count} objects look like this resource: {candidates}',
    help: 'Write the id of the right one into the annotation krateo.io/external-name, or add identifiers that tell them apart.',
    explain: `findby found more than one object whose identifiers equal those of the resource. Taking one of them could overwrite, and later
delete, an object that belongs to somebody else, so the controller waits for a person to choose.`,
  },
  ENG0302: {
    severity: 'error',
    reason: 'ListTooLong',
    message: 'the list did not end after {pages} pages',
    help: 'Narrow the list with a query parameter, or raise pagination.maxPages.',
    explain: 'A list that was not read to its end proves nothing: the object may be on the next page. It counts as neither found nor absent.',
  },
  ENG0303: {
    severity: 'error',
    reason: 'PageRepeated',
    message: 'after page {page} the list leads back to a page that was read already',
    help: 'Check the pagination block: the place of the token in the answer, and where the next request takes it.',
    explain: 'Following it would never end. Most often the request puts the token where the API does not look, and the first page comes again.',
  },
  ENG0305: {
    severity: 'warning',
    reason: 'AbsenceNotProven',
    message: 'the API says that the object is absent ({proof}), and what should confirm it does not',
    explain: `A single 404 can come from a gateway, a lost permission or a wrong parent. The definition asks for a proof (\`absenceProof\`, or a
list beside a 401 or 403), and it was not given. Nothing is created or let go meanwhile.`,
  },
  ENG0306: {
    severity: 'error',
    reason: 'ForeignNextPage',
    message: 'the next page of the list is at {url}, not at {origin}',
    help: 'If that is the same API, use its address as server.',
    explain: 'The next request would carry the credentials to another host. That is not done, whatever the answer says.',
  },
  ENG0307: {
    severity: 'warning',
    reason: 'ListAndGetDisagree',
    message: 'the list shows the object, and get says that it is absent ({proof})',
    explain: 'The two reads come from different moments or replicas. The object counts as neither found nor absent until they agree.',
  },
  ENG0309: {
    severity: 'error',
    reason: 'ExternalFailed',
    message: 'the external object has failed: {expression}',
    help: 'Look at the object in the API; its fields are in status.',
    explain: 'The definition says by `failedWhen` what a failed object looks like, and this one does. Nothing is sent for it until it changes.',
  },
  ENG0401: {
    severity: 'error',
    reason: 'CreateUnknown',
    message: 'the last request to create was not answered, and this API offers nothing to find out what came of it',
    help: 'Look in the API, then annotate the resource: krateo.io/external-create-resolved=created=<id> if the object exists, =none if not.',
    explain: `The request may have been carried out. Sending it again could make a second object; neither a list with known identifiers, nor
an ownership mark, nor an idempotency key is there to prevent it. So a person decides, once:

\`\`\`
kubectl annotate <kind> <name> krateo.io/external-create-resolved=created=<id>
kubectl annotate <kind> <name> krateo.io/external-create-resolved=none
\`\`\`

A \`findby\` with identifiers from the spec, \`idempotencyKey\` on create, or a field with \`ownershipMark: true\` make this go away for good.`,
  },
  ENG0402: {
    severity: 'error',
    reason: 'AlreadyExists',
    message: 'the API says that the object exists already, and no look-up finds it',
    help: 'Check identifiers and the filters of findby: they must find the object that is in the way.',
    explain: 'Create was refused because an object of that name or key exists. It would be adopted if it could be found.',
  },
  ENG0403: {
    severity: 'error',
    reason: 'AdoptionRefused',
    message: 'an object that this resource did not create exists already: {identity}',
    help: 'Allow it with the annotation krateo.io/adoption-policy: adopt (or match), choose another name, or delete the object.',
    explain: 'The adoption policy is `refuse`: an existing object is never taken over.',
  },
  ENG0404: {
    severity: 'error',
    reason: 'NothingToAdopt',
    message: 'there is no such object, and the adoption policy only-existing never creates one',
    help: 'Create the object in the API, or use another adoption policy.',
    explain: 'The adoption policy is `only-existing`: the resource stands for an object that somebody else makes.',
  },
  ENG0405: {
    severity: 'error',
    reason: 'NotFound',
    message: 'there is no such object, and the management policy does not allow to create it',
    help: 'Create the object in the API, or use a management policy with create.',
    explain: 'The management policy observes without creating. The object that is to be observed does not exist.',
  },
  ENG0406: {
    severity: 'error',
    reason: 'AdoptionDiffers',
    message: 'the existing object {identity} differs in {fields}, and the adoption policy match takes over only what is equal',
    help: 'Write into the spec what the object has, or use the adoption policy adopt, which changes the object.',
    explain: 'The adoption policy is `match`: an existing object is taken over only when nothing has to be changed for it.',
  },
  ENG0407: {
    severity: 'error',
    reason: 'CreateResolvedMalformed',
    message: 'the annotation krateo.io/external-create-resolved cannot be read: {problem}',
    help: 'Write created=<id> if the object exists, none if it does not.',
    explain: 'The annotation is the answer of a person to an unknown create. It is used once and then removed.',
  },
  ENG0408: {
    severity: 'error',
    reason: 'CreatedUnidentified',
    message: 'create was carried out, and neither its answer nor a look-up says which object it made',
    help: 'Look in the API, then annotate the resource: krateo.io/external-create-resolved=created=<id> if the object exists, =none if not.',
    explain: `The API accepted the request to create, its answer carries no id, and the list does not show an object with the identifiers of the
resource. Making another one would most likely end the same way, so a person decides, once, with the annotation above.

To make this go away for good, let the definition say where the id is (\`additionalStatusFields\`, \`itemPath\`, a mapping of a response
header), give \`findby\` identifiers that come from the spec, say how a name is to be read (\`normalize\`), or let a field carry the
ownership mark.`,
  },
  ENG0501: {
    severity: 'error',
    reason: 'DriftNotConverging',
    message: '{fields} still differ after {count} updates: wanted {wanted}, the API has {observed}',
    help: 'If the API changes the value itself, say how to compare it: fields: [{path: {field}, compare: ignore}] (or compare: set, normalize: [lowerCase]) in the RestDefinition.',
    explain: `The update was accepted and the field did not become what was sent. Sending it for ever would help nobody, so it stops here
until the spec, the observed value or the annotation \`krateo.io/reconcile-requested-at\` changes.

The usual reasons: the API normalises the value (\`normalize\`), keeps lists in its own order (\`compare: set\`), computes the field itself
(\`compare: ignore\`), or update does not carry the field at all (\`immutable: deny\`).`,
  },
  ENG0502: {
    severity: 'error',
    reason: 'ImmutableFieldChanged',
    message: '{field} cannot be changed once the object exists: wanted {wanted}, the API has {observed}',
    help: 'Set the field back, or delete the resource and create it anew; fields: [{path: {field}, immutable: replace}] lets the controller do that.',
    explain: 'Only create can send this field, or the definition declares it immutable. Nothing is sent while it differs, so that the other fields are not changed half-way.',
  },
  ENG0503: {
    severity: 'warning',
    reason: 'DriftReported',
    message: 'changed on the other side, and reported only (drift policy): {fields}',
    explain: 'The drift policy is `report`: what somebody else changed is told and not corrected.',
  },
  ENG0504: {
    severity: 'warning',
    reason: 'GoneMeanwhile',
    message: 'the object that was to be updated is gone: {proof}',
    explain: 'It was there a moment ago. It is looked for again before anything else is done.',
  },
  ENG0602: {
    severity: 'warning',
    reason: 'DeleteUnconfirmed',
    message: 'the delete was accepted, and whether the object is gone cannot be read now (policy {policy})',
    explain: 'The finalizer stays until get and findby say that the object is absent. The delete is not sent again before a deadline.',
  },
  ENG0701: {
    severity: 'error',
    reason: 'InvalidPolicy',
    message: '{place} is {word}, expected one of {words}',
    help: 'Correct the word; until then the external object is only observed.',
    explain: 'A policy that nobody understands must not lead to a change that somebody wanted to forbid: nothing external is written.',
  },
  ENG0703: {
    severity: 'error',
    reason: 'ConfigurationMissing',
    message: 'the Configuration {name} does not exist',
    help: 'Create it, or correct spec.configurationRef.',
    explain: 'Address, parameters and credentials come from the Configuration. Without it nothing is sent, and a resource that is being deleted keeps its finalizer.',
  },
  ENG0704: {
    severity: 'warning',
    reason: 'ConfigurationUnreadable',
    message: 'what the request needs cannot be read from Kubernetes now: {problem}',
    explain: 'The Kubernetes API did not answer. That is no reason to do anything to the external object; it is tried again.',
  },
  ENG0705: {
    severity: 'warning',
    reason: 'ReferenceWaiting',
    message: 'waiting for {path}: {problem}',
    explain: 'The resource refers to another one that does not exist yet or has no external identity yet. It goes on as soon as that one has.',
  },
  ENG0706: {
    severity: 'error',
    reason: 'ServerChanged',
    message: 'the object lives at {recorded}, and the Configuration now says {current}',
    help: 'Set the address back; to move to another server, create a new resource, or remove status.reconcile.server after making sure that it is the same API.',
    explain: 'Another address is another API: following it would find nothing there and create a second object, while the first one is forgotten.',
  },
  ENG0707: {
    severity: 'error',
    reason: 'ConfigurationForbidden',
    message: 'the Configuration may not be used: {problem}',
    help: 'Use a Configuration of the same namespace, or allow others with --cross-namespace.',
    explain: 'Whoever can write a resource could otherwise use the credentials of any namespace.',
  },
  ENG0708: {
    severity: 'notice',
    reason: 'StatusFieldLeftOut',
    message: 'status.{path} is left out: the API answers something that is no {type}',
    help: 'Correct the schema of the field with fields[].schema, or the document with an overlay.',
    explain: 'One field of the wrong type would make Kubernetes refuse the whole status. The others are written.',
  },
  ENG0709: {
    severity: 'error',
    reason: 'SpecMissing',
    message: 'the resource has no spec',
    help: 'Add it; `spec: {}` is enough where no field is required.',
    explain: 'A resource without a spec says nothing about what is wanted, not even that nothing is.',
  },
  ENG0801: {
    severity: 'error',
    reason: 'OperationFailed',
    message: 'the API accepted the {action} and could not carry it out: {status}{text}',
    help: 'Look at the operation in the API; correct the spec. It is tried again slowly until something changes.',
    explain: 'The answer to the request named an operation, and the operation ended in one of the declared failure values (`async.poll.failureValues`).',
  },
  ENG0803: {
    severity: 'warning',
    reason: 'OperationWordUnknown',
    message: 'the operation of the {action} is said to be {status}, which is neither success nor failure nor one of the pending values',
    help: 'Add the word to async.pendingValues, or to successValues or failureValues of async.poll.',
    explain: 'The definition lists the words of an operation that goes on, and the API answers another one. Taking it for success or failure would be a guess: it is looked at again until the deadline.',
  },
  ENG0802: {
    severity: 'error',
    reason: 'OperationTimedOut',
    message: 'the API accepted the {action} and did not finish it in time',
    help: 'Look in the API. Raise async.deadline if it takes longer; if it will never finish, annotate krateo.io/external-create-resolved=none and it is begun anew.',
    explain: `An operation that neither succeeds nor fails is not followed for ever. It is not begun again by itself either, because the first one
may still finish and there would be two objects.`,
  },
} as const satisfies Catalogue
