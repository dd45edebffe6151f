import type { Action, Exchange } from '@oasgen/wire'
import type { Subject } from './decision.js'

/** What the reconcile changed so far on the other side. */
export interface Mutation {
  readonly action: 'create' | 'update' | 'delete'
  readonly isSuccess: boolean
  /** By a request, or by the end of an operation that an earlier reconcile began. */
  readonly by: 'request' | 'operation'
}

const MUTATING: readonly Action[] = ['create', 'update', 'delete']

/** Where the exchanges of the last verb that changes something begin; -1 when none was sent. */
export function lastMutationStart(exchanges: readonly Exchange[]): number {
  const last = exchanges.findLastIndex(isMutation)
  if (last < 0) return -1
  const { action } = (exchanges[last] as Exchange).purpose
  let start = last
  while (start > 0 && isMutation(exchanges[start - 1] as Exchange) && (exchanges[start - 1] as Exchange).purpose.action === action) start -= 1
  return start
}

function isMutation({ purpose }: Exchange): boolean {
  return MUTATING.includes(purpose.action) && purpose.call !== 'poll' && purpose.call !== 'postGet'
}

export function mutationOf({ written }: Subject, exchanges: readonly Exchange[]): Mutation | undefined {
  const request = lastMutationStart(exchanges)
  const start = request >= 0 ? request : exchanges.findIndex(({ purpose }) => purpose.call === 'poll')
  const exchange = exchanges[start]
  if (exchange === undefined) return undefined
  const { action } = exchange.purpose
  if (action === 'get' || action === 'findby') return undefined
  const hasWritten = (why: string, since: number): boolean => written.some((record) => record.why === why && record.exchanges >= since)
  if (exchange.purpose.call === 'poll') return hasWritten('operation', start + 1) ? { action, isSuccess: true, by: 'operation' } : undefined
  const last = exchanges.findLast(({ purpose }) => purpose.action === action && (purpose.call === 'main' || purpose.call === 'step'))
  const status = last?.result.type === 'response' ? last.result.response.status : 0
  const isSuccess = action === 'create' ? hasWritten('created', start) : status >= 200 && status < 300
  return { action, isSuccess, by: 'request' }
}
