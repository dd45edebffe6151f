import type { ControllerMetrics, Logger } from '@oasgen/controller'
import { shortUrl, type Exchange } from '@oasgen/wire'
import { printVerbose } from './verbose.js'

export interface ExchangeAudience {
  readonly kind: string
  readonly metrics: ControllerMetrics
  readonly logger: Logger
  /** Where `krateo.io/connector-verbose` prints. */
  readonly print: (text: string) => void
  readonly bodies: 'compact' | 'pretty'
}

export interface ToldExchange {
  readonly key: string
  readonly exchange: Exchange
  readonly verbose: boolean
  /** Of the reconcile, where it is traced. */
  readonly traceId?: string | undefined
}

/** Every write to the outside is one line: who, what, why, result. Reads are lines of debugging. */
export function tellExchange(audience: ExchangeAudience, { key, exchange, verbose, traceId }: ToldExchange): void {
  const { kind, metrics, logger } = audience
  const { purpose, request, result, tookMs } = exchange
  const code = result.type === 'response' ? String(result.response.status) : result.failure.code
  metrics.exchanged({ kind, action: purpose.action, code, tookMs })
  if (verbose) audience.print(printVerbose(key, exchange, audience.bodies))
  const level = isRead(exchange) ? 'debug' : 'info'
  if (!logger.isOn(level)) return
  logger[level](isRead(exchange) ? 'read' : 'external write', {
    resource: key, kind, action: purpose.action, ...(purpose.step !== undefined && { step: purpose.step }), why: purpose.why,
    method: request.method, url: shortUrl(request.url), tookMs: Math.round(tookMs),
    ...(traceId !== undefined && { traceId }),
    ...(result.type === 'response' ? { status: result.response.status } : { failure: result.failure.code, problem: result.failure.message, sent: result.failure.sent }),
  })
}

export function isRead({ request }: Exchange): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
}
