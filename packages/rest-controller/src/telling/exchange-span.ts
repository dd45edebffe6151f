import type { Span, Tracer } from '@oasgen/controller'
import { shortUrl, type Exchange, type HttpRequest, type Purpose } from '@oasgen/wire'

/** One exchange as a span of its reconcile: what was asked and what came of it, never what stood in it. */
export function startExchangeSpan(tracer: Tracer, parent: Span, { method, url }: HttpRequest, { action, why }: Purpose): Span {
  const attributes = { 'http.request.method': method, 'url.path': shortUrl(url), 'oasgen.action': action, 'oasgen.why': why }
  return tracer.start(`${method} ${action}`, { parent, kind: 'client', attributes })
}

export function endExchangeSpan(span: Span, result: Exchange['result'] | { readonly type: 'same'; readonly status: number }): void {
  if (result.type === 'failure') {
    span.set({ 'error.type': result.failure.reason })
    span.fail(result.failure.message)
  } else {
    const status = result.type === 'same' ? result.status : result.response.status
    span.set({ 'http.response.status_code': status })
    if (status >= 400) span.fail(`status ${status}`)
  }
  span.end()
}
