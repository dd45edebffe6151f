import type { HttpRequest } from '@oasgen/wire'
import type { SendContext, Sent, Transport, TransportOptions } from './context.js'
import { Gates } from './limits/gates.js'
import { resolveOptions } from './options.js'
import { sendRequest, type Runtime } from './send.js'
import { Wire } from './wire-exchange.js'

export function createTransport(options: TransportOptions = {}): Transport {
  const resolved = resolveOptions(options)
  const runtime: Runtime = { options: resolved, wire: new Wire(resolved), gates: new Gates(resolved.now) }
  return {
    send: (request: HttpRequest, context: SendContext): Promise<Sent> => sendRequest(runtime, request, context),
    close: () => runtime.wire.close(),
  }
}
