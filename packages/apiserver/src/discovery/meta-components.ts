import type { JsonObject } from '@oasgen/json'

/** Components that every document has: what the kinds share. */
export const META_REF = {
  object: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  list: 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  owner: 'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
  managed: 'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry',
  fields: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  patch: 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch',
  any: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  scale: 'io.k8s.api.autoscaling.v1.Scale',
} as const

export const ref = (name: string): string => `#/components/schemas/${name}`
const one = (name: string, description: string): JsonObject => ({ allOf: [{ $ref: ref(name) }], description })
const text = (description: string): JsonObject => ({ type: 'string', description })
const map = (description: string): JsonObject => ({ type: 'object', additionalProperties: { type: 'string', default: '' }, description })

export const META_COMPONENTS: Readonly<Record<string, JsonObject>> = {
  [META_REF.object]: {
    type: 'object', description: 'What every stored object has beside its content.',
    properties: {
      annotations: map('Free texts by key, kept for programs; not for selection.'),
      creationTimestamp: one(META_REF.time, 'When the server made the object.'),
      deletionGracePeriodSeconds: { type: 'integer', format: 'int64', description: 'Seconds that the object was given to end.' },
      deletionTimestamp: one(META_REF.time, 'Set once deletion was asked for; the object goes when its finalizers are gone.'),
      finalizers: {
        type: 'array', items: { type: 'string', default: '' }, description: 'Who has something to do before the object may go.',
        'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge',
      },
      generateName: text('Prefix for a name that the server completes.'),
      generation: { type: 'integer', format: 'int64', description: 'Counts the changes of the desired state.' },
      labels: map('Short texts by key, to select by.'),
      managedFields: {
        type: 'array', items: { allOf: [{ $ref: ref(META_REF.managed) }], default: {} },
        description: 'Which manager set which fields.', 'x-kubernetes-list-type': 'atomic',
      },
      name: text('Unique in the namespace; cannot change.'),
      namespace: text('Where the object lives; cannot change.'),
      ownerReferences: {
        type: 'array', items: { allOf: [{ $ref: ref(META_REF.owner) }], default: {} },
        description: 'Objects without which this one goes, too.', 'x-kubernetes-list-map-keys': ['uid'], 'x-kubernetes-list-type': 'map',
        'x-kubernetes-patch-merge-key': 'uid', 'x-kubernetes-patch-strategy': 'merge',
      },
      resourceVersion: text('Changes with every change of the object; opaque.'),
      selfLink: text('Not set any more.'),
      uid: text('Tells this object from all others, also from later ones of the same name.'),
    },
  },
  [META_REF.list]: {
    type: 'object', description: 'What lists have beside their items.',
    properties: {
      continue: text('Where the next page starts; empty on the last one.'),
      remainingItemCount: { type: 'integer', format: 'int64', description: 'How many items are not in this page.' },
      resourceVersion: text('The state that the list shows.'), selfLink: text('Not set any more.'),
    },
  },
  [META_REF.owner]: {
    type: 'object', description: 'Names an object that owns this one.', required: ['apiVersion', 'kind', 'name', 'uid'], 'x-kubernetes-map-type': 'atomic',
    properties: {
      apiVersion: { ...text('API version of the owner.'), default: '' }, kind: { ...text('Kind of the owner.'), default: '' },
      name: { ...text('Name of the owner.'), default: '' }, uid: { ...text('UID of the owner.'), default: '' },
      controller: { type: 'boolean', description: 'This owner is the one that manages the object.' },
      blockOwnerDeletion: { type: 'boolean', description: 'The owner, deleted in the foreground, waits for this object.' },
    },
  },
  [META_REF.managed]: {
    type: 'object', description: 'The fields of one manager.',
    properties: {
      apiVersion: text('The version that the field names belong to.'), fieldsType: text('FieldsV1.'), fieldsV1: one(META_REF.fields, 'The set of fields.'),
      manager: text('Who.'), operation: text('Apply or Update.'), subresource: text('The subresource written to, if any.'), time: one(META_REF.time, 'When.'),
    },
  },
  [META_REF.fields]: { type: 'object', description: 'A set of fields as a tree of keys.' },
  [META_REF.time]: { type: 'string', format: 'date-time', description: 'RFC 3339, whole seconds.' },
  [META_REF.patch]: { type: 'object', description: 'A patch, in the form that its content type names.' },
  [META_REF.any]: { type: 'object', description: 'Any object.' },
  [META_REF.scale]: {
    type: 'object', description: 'The number of replicas of something.',
    properties: {
      apiVersion: text('autoscaling/v1'), kind: text('Scale'), metadata: one(META_REF.object, 'Metadata of what is scaled.'),
      spec: { type: 'object', properties: { replicas: { type: 'integer', format: 'int32', description: 'Wanted.' } } },
      status: { type: 'object', properties: { replicas: { type: 'integer', format: 'int32', default: 0, description: 'Found.' }, selector: text('Of the pods that are counted.') } },
    },
    'x-kubernetes-group-version-kind': [{ group: 'autoscaling', version: 'v1', kind: 'Scale' }],
  },
}
