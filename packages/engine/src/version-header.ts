import { headerOf, type HttpHeader } from '@oasgen/wire'
import type { Context } from './context.js'

/** The version that was just read, where the document asks for `If-Match`. */
export function versionHeader(context: Context, action: 'update' | 'delete'): readonly HttpHeader[] {
  const { call, steps } = context.prepared.actions[action] ?? { call: undefined, steps: [] }
  const calls = [...(call === undefined ? [] : [call]), ...steps.map((step) => step.call)]
  const wants = calls.some(({ parameters }) => parameters.some(({ plan }) => plan.in === 'header' && plan.name.toLowerCase() === 'if-match' && plan.sources.length === 0))
  const read = context.exchanges.findLast(({ purpose }) => purpose.action === 'get')
  const tag = read?.result.type === 'response' ? headerOf(read.result.response.headers, 'etag') : undefined
  return wants && tag !== undefined ? [{ name: 'if-match', value: tag }] : []
}
