import { annotationsOf, metadataOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION, type Exchange } from '@oasgen/wire'

/** The newest reconcile among what a controller remembers: from the look with which it began to the end. */
export function lastReconcile(exchanges: readonly Exchange[]): readonly Exchange[] {
  const start = exchanges.findLastIndex((exchange, index) => isBeginning(exchange) && !isContinued(exchanges[index - 1], exchange))
  return start < 0 ? exchanges : exchanges.slice(start)
}

function isBeginning({ purpose: { action, call, why } }: Exchange): boolean {
  return (action === 'get' || action === 'findby') && call === 'main' && why !== 'read the whole object' && why !== 'read back'
}

/** A list that confirms what get said, or a look right after a change, belongs to the reconcile before it. */
function isContinued(before: Exchange | undefined, { purpose: { action } }: Exchange): boolean {
  if (before === undefined) return false
  if (before.purpose.action === 'get' && action === 'findby') return true
  return before.purpose.action === 'create' || before.purpose.action === 'update' || before.purpose.action === 'delete'
}

const OF_CREATES = [
  ANNOTATION.externalName, ANNOTATION.externalCreateAttempt, ANNOTATION.externalCreatePending, ANNOTATION.externalCreateSucceeded, ANNOTATION.externalCreateFailed,
] as const

/** The resource as it was before its object was made, where the recording makes it; else as it is. */
export function rewound(resource: KubeObject, exchanges: readonly Exchange[]): KubeObject {
  if (!exchanges.some(({ purpose }) => purpose.action === 'create')) return resource
  const annotations = Object.fromEntries(Object.entries(annotationsOf(resource)).filter(([key]) => !OF_CREATES.some((own) => own === key)))
  const { finalizers: _, ...metadata } = metadataOf(resource)
  const { status: __, ...rest } = resource
  return { ...rest, metadata: { ...metadata, annotations } }
}
