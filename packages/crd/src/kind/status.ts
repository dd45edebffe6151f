import { plainSchema, type ResourceModel, type StatusFieldModel } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { Lowering } from '../lower/context.js'
import { nameStep } from '../lower/object.js'
import { inRoom, lowerSchema } from '../lower/schema.js'
import { freeForm, type Structural } from '../lower/structural.js'

const CONDITION: Structural = {
  type: 'object',
  description: 'A Condition that may apply to a resource.',
  properties: {
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'When the status of the condition changed last.' },
    message: { type: 'string', maxLength: 32768, description: 'Details about the last transition, if any.' },
    observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the resource that the condition speaks of.' },
    reason: { type: 'string', maxLength: 1024, description: 'A reason for the last transition of the condition.' },
    status: { type: 'string', maxLength: 16, description: 'True, False or Unknown.' },
    type: { type: 'string', maxLength: 316, description: 'Type of the condition. At most one of each type applies at a time.' },
  },
  required: ['lastTransitionTime', 'reason', 'status', 'type'],
}

/** Room for the four of ours and for what other tools add; rules over conditions need a bound. */
const MOST_CONDITIONS = 32

const OWN: Readonly<Record<string, Structural>> = {
  conditions: {
    type: 'array',
    description: 'Conditions of the resource.',
    items: CONDITION,
    maxItems: MOST_CONDITIONS,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
  },
  observedGeneration: {
    type: 'integer',
    format: 'int64',
    description: 'Generation of the resource that this status speaks of; -1 before the controller has seen it.',
  },
  reconcile: {
    type: 'object',
    description: 'What the controller remembers between two looks. Not for other readers.',
    properties: {
      identity: {
        type: 'object',
        description: 'The parts of the identity that are known, by their path.',
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
    'x-kubernetes-preserve-unknown-fields': true,
  },
}

/** The status: identifiers and additional fields at their paths, and what the controller needs. */
export function renderStatus(model: ResourceModel, lowering: Lowering): Structural {
  const tree: Tree = new Map()
  const nodes = inRoom(
    lowering,
    model.status.map(schemaOf),
    Math.ceil(lowering.limits.nodes / 3),
    (index, room) => renderField(lowering, model.status[index] as StatusFieldModel, room),
  )
  for (const [index, field] of model.status.entries()) plant(tree, field.target, nodes[index] ?? freeForm())
  return {
    type: 'object',
    description: `Observed state of the ${model.names.kind}.`,
    properties: { ...Object.fromEntries(grown(tree)), ...OWN },
    default: { observedGeneration: -1 },
  }
}

function schemaOf({ schema }: StatusFieldModel): Schema {
  return schema ?? plainSchema({ kind: 'document', uri: '', pointer: '' }, 'string')
}

function renderField(lowering: Lowering, field: StatusFieldModel, room: number): Structural {
  const { names } = field
  return lowerSchema(
    lowering,
    schemaOf(field),
    { field: `status.${names.map(nameStep).join('.')}`, depth: names.length, open: [], repeated: false, room },
  )
}

type Tree = Map<string, Structural | Tree>

/** A field and one below it can both be listed: the whole has the part already. */
function plant(tree: Tree, [name, ...rest]: readonly string[], node: Structural): void {
  if (name === undefined) return
  const known = tree.get(name)
  if (rest.length === 0) tree.set(name, node)
  else if (known === undefined || known instanceof Map) {
    const below: Tree = known ?? new Map()
    tree.set(name, below)
    plant(below, rest, node)
  } else tree.set(name, withBelow(known, rest, node))
}

function withBelow(parent: Structural, [name, ...rest]: readonly string[], node: Structural): Structural {
  if (name === undefined) return node
  const known = parent.properties?.[name]
  const child = rest.length === 0 ? known ?? node : withBelow(known ?? { type: 'object' }, rest, node)
  return parent.type === 'object' && parent.additionalProperties === undefined
    ? { ...parent, properties: { ...parent.properties, [name]: child } }
    : parent
}

function grown(tree: Tree): readonly (readonly [string, Structural])[] {
  return [...tree].map(([name, node]) =>
    [name, node instanceof Map ? { type: 'object', properties: Object.fromEntries(grown(node)) } : node] as const,
  )
}
