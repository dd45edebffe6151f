import { describe, expect, it } from 'vitest'
import { carried, carriedStatus, isQuiet } from './carried.js'

const BOOK = {
  apiVersion: 'a/v1', kind: 'Book',
  metadata: {
    name: 'b', namespace: 'n', uid: 'u', resourceVersion: '9', generation: 4, creationTimestamp: 'now', managedFields: [], finalizers: ['f'], ownerReferences: [{}],
    labels: { a: 'b' }, annotations: { 'krateo.io/external-name': '7', 'krateo.io/paused': 'true', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  },
  spec: { title: 'T' },
  status: { id: 7, observedGeneration: 4, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 4 }, { type: 'Old', observedGeneration: 3 }], reconcile: { server: 's', sent: { generation: 4, fields: { title: 'x' } } } },
}

describe('what goes along', () => {
  it('is the object without what one cluster keeps on it', () => {
    expect(carried(BOOK, 'running')).toEqual({ apiVersion: 'a/v1', kind: 'Book', spec: { title: 'T' }, metadata: { name: 'b', namespace: 'n', labels: { a: 'b' }, annotations: { 'krateo.io/external-name': '7' } } })
    expect(carried(BOOK, 'paused').metadata).toMatchObject({ annotations: { 'krateo.io/external-name': '7', 'krateo.io/paused': 'true' } })
  })

  it('remembers what was sent, under the generation of the copy', () => {
    expect(carriedStatus(BOOK, 1)).toEqual({
      id: 7, observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }, { type: 'Old', observedGeneration: 0 }],
      reconcile: { server: 's', sent: { generation: 1, fields: { title: 'x' } } },
    })
  })

  it('keeps an edit that was not sent yet to be sent', () => {
    const edited = { ...BOOK, metadata: { ...BOOK.metadata, generation: 5 } }
    expect(carriedStatus(edited, 1)).toMatchObject({ observedGeneration: 0, reconcile: { sent: { generation: 0 } } })
  })

  it('has no status to take where there is none', () => {
    expect(carriedStatus({ metadata: { name: 'b' } }, 1)).toBeUndefined()
  })

  it('counts as quiet only when its controller says so', () => {
    expect(isQuiet(BOOK)).toBe(false)
    expect(isQuiet({ ...BOOK, status: { conditions: [{ type: 'Synced', status: 'False', reason: 'ReconcilePaused' }] } })).toBe(true)
    expect(isQuiet({ metadata: { name: 'b' }, status: { conditions: [{ type: 'Synced', status: 'False', reason: 'ReconcilePaused' }] } })).toBe(false)
  })
})
