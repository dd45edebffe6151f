import { arrivedWith, choice, flag, list, type Node, object, open, type Rule, text } from './node.js'
import { cel } from './verb.js'

const reference = object(
  {
    kind: text('Kind of the other resource.', { maxLength: 63 }),
    group: text('Its API group. Absent: the group of this definition.', { maxLength: 253 }),
    version: text('Its version.', { fallback: 'v1alpha1', maxLength: 63 }),
    plural: text('Its plural. Absent: made from the kind.', { maxLength: 63 }),
    resolves: text("What of it is taken: externalName, or a path such as status.id.", { fallback: 'externalName', maxLength: 1024 }),
    parent: flag('The other resource holds this one: proven absent, so is this one.', { fallback: false }),
  },
  'The field names another resource; the generated kind gains <name>Ref beside it, exactly one of the two is set.',
  { required: ['kind'] },
)

const normalizer: Node = {
  type: 'any',
  since: 'oasgen 0.1',
  description: 'lowerCase, trim, dateTime, float32, or {cel: an expression over value}.',
}

const keyed: Rule = {
  cel: "!has(self.compare) || self.compare != 'keyed' || (has(self.keys) && size(self.keys) > 0)",
  message: "keys must be set when compare is 'keyed'",
  holds: (value) => value['compare'] !== 'keyed' || (Array.isArray(value['keys']) && value['keys'].length > 0),
}

const secretAlone: Rule = {
  cel: '!(has(self.secret) && self.secret && has(self.reference))',
  message: 'a field is either a secret or a reference',
  holds: (value) => !(value['secret'] === true && value['reference'] !== undefined),
}

export function fields(): Node {
  const item = object(
    {
      path: text('The field: spec.tags, spec.credentials[].value.', { maxLength: 1024 }),
      schema: open("Adds a field that the document lacks: an OpenAPI Schema Object, or {$ref: '#/components/schemas/…'}."),
      compare: choice(
        ['exact', 'set', 'keyed', 'contains', 'ignore'],
        'How a list is compared. set and keyed: surplus is drift. contains: elements of others stay, ours that the user removed go. ignore: never compared.',
      ),
      keys: list(
        text('Name of a field of the element.', { maxLength: 256 }),
        'What tells elements apart, for keyed and contains.',
        { maxItems: 16 },
      ),
      normalize: list(normalizer, 'Done to both sides before comparing.', { maxItems: 16 }),
      writeOnly: flag('Sent, never returned: compared with what was sent last.', { fallback: false }),
      witness: text('Status path whose change means that somebody else wrote the write-only value.', { maxLength: 1024 }),
      secret: flag('The kind has <name>SecretRef {name, key} in its place; the value is never stored nor shown.', { fallback: false }),
      immutable: choice(
        ['deny', 'replace', 'never'],
        'deny: a change is refused once the object exists. replace: the object is deleted and made again. never: it can always change, also where it fills a path (a rename).',
      ),
      reference,
      whenRemoved: choice(['null', 'empty', 'omit'], 'How a value is sent that the user removed.', { fallback: 'omit' }),
      ownershipMark: flag('Carries our mark, so that an object whose creation was not answered is found again.', { fallback: false }),
      relax: flag('The document is wrong about this field: only its type is kept.', { fallback: false }),
    },
    'What the document cannot say about one field.',
    { required: ['path'], rules: [keyed, secretAlone] },
  )
  return list(
    { ...item, ...arrivedNode(item) },
    'The one table of what the document cannot say about fields.',
    { since: 'oasgen 0.1', maxItems: 512 },
  )
}

function arrivedNode(node: Node): Node {
  return arrivedWith('oasgen 0.1', { node })['node'] as Node
}

export function exports(): Node {
  const item = object(
    {
      to: choice(['Secret', 'ConfigMap'], 'What is written, in the namespace of the resource and owned by it.'),
      name: text('Name of the Secret or ConfigMap. Absent: the name of the resource.', { maxLength: 253 }),
      key: text('Key in it.', { maxLength: 253 }),
      value: cel('CEL over self and observed (create: response) that gives the value.'),
      from: choice(['observe', 'create'], 'create: a value that is shown only once, stored before anything else.', { fallback: 'observe' }),
    },
    'One value.',
    { required: ['to', 'key', 'value'] },
  )
  return list(arrivedNode(item), 'Values of the object that are handed on.', { since: 'oasgen 0.1', maxItems: 64 })
}
