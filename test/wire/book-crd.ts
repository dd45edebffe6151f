/** A kind with something of everything, for the suites about custom resources. */
export const bookCrd = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'books.$G' },
  spec: {
    group: '$G', scope: 'Namespaced', names: { plural: 'books', kind: 'Book', shortNames: ['bk'] },
    versions: [
      {
        name: 'v1', served: true, storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.copies', statusReplicasPath: '.status.copies' } },
        selectableFields: [{ jsonPath: '.spec.title' }],
        additionalPrinterColumns: [
          { name: 'Price', type: 'integer', jsonPath: '.spec.price' }, { name: 'Tags', type: 'string', jsonPath: '.spec.tags[*]' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: { openAPIV3Schema: bookSchema() },
      },
      {
        name: 'v1beta1', served: true, storage: false, deprecated: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

function bookSchema() {
  const text = { type: 'string' }
  return {
    type: 'object', required: ['spec'],
    properties: {
      spec: {
        type: 'object', required: ['title'],
        properties: {
          title: { type: 'string', minLength: 1, maxLength: 20 }, price: { type: 'integer', minimum: 0, default: 100 }, copies: { type: 'integer', default: 1 },
          kind: { type: 'string', enum: ['a', 'b'] }, pattern: { type: 'string', pattern: '^x' }, ios: { 'x-kubernetes-int-or-string': true },
          any: { 'x-kubernetes-preserve-unknown-fields': true }, nul: { type: 'string', nullable: true },
          tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' }, list: { type: 'array', maxItems: 2, items: { type: 'integer' } },
          map: { type: 'object', additionalProperties: text },
          authors: {
            type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'],
            items: { type: 'object', required: ['name'], properties: { name: text, role: { type: 'string', default: 'author' } } },
          },
          atom: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: text, b: text } },
        },
      },
      status: {
        type: 'object', default: { observedGeneration: -1 },
        properties: {
          observedGeneration: { type: 'integer' }, copies: { type: 'integer' },
          conditions: { type: 'array', items: { type: 'object', properties: { type: text, status: text } } },
        },
      },
    },
  }
}

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
export const books = '/apis/$G/v1/namespaces/$NS/books'

/** The body of a book. */
export const book = (name: string, spec: unknown, rest: object = {}): object => ({ apiVersion: '$G/v1', kind: 'Book', metadata: { name }, spec, ...rest })
