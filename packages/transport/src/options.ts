import type { Finding } from '@oasgen/diagnostics'
import type { AddressPolicy, TransportDefaults, TransportOptions } from './context.js'
import type { ProxyEnvironment } from './connection/proxy.js'

export interface ResolvedOptions {
  readonly now: () => number
  readonly proxyEnvironment: ProxyEnvironment
  readonly defaults: Required<TransportDefaults>
  readonly privateAddresses: AddressPolicy
  readonly onWarning: (finding: Finding) => void
}

export function resolveOptions(options: TransportOptions): ResolvedOptions {
  return {
    now: options.now ?? Date.now,
    proxyEnvironment: options.proxyEnvironment ?? {},
    privateAddresses: options.privateAddresses ?? 'warn',
    onWarning: options.onWarning ?? (() => {}),
    defaults: {
      connectTimeoutMs: 5_000,
      headersTimeoutMs: 30_000,
      bodyTimeoutMs: 15_000,
      timeoutMs: 60_000,
      maxResponseBytes: 8 * 1024 * 1024,
      maxWaitMs: 2_000,
      userAgent: 'oasgen',
      ...options.defaults,
    },
  }
}
