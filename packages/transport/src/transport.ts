import type { HttpRequest } from '@oasgen/wire'
import { DigestSessions } from './auth/digest-sessions.js'
import { PrivateKeys } from './auth/private-keys.js'
import type { AuthRuntime } from './auth/satisfy.js'
import { TokenCache } from './auth/token-cache.js'
import { Aborts } from './connection/deadline.js'
import type { SendContext, Sent, Transport, TransportOptions } from './context.js'
import { fetchDocument } from './documents/fetch.js'
import { Gates } from './limits/gates.js'
import { resolveOptions } from './options.js'
import { lookAgain, sendRequest, type Runtime } from './send.js'
import { Wire } from './wire-exchange.js'

export function createTransport(options: TransportOptions = {}): Transport {
  const resolved = resolveOptions(options)
  const { now } = resolved
  const auth: AuthRuntime = { tokens: new TokenCache(now), principals: new TokenCache(now), digests: new DigestSessions(), keys: new PrivateKeys(), now }
  const runtime: Runtime = { options: resolved, wire: new Wire(resolved), gates: new Gates(now), auth, aborts: new Aborts(), fixed: new WeakMap() }
  return {
    send: (request: HttpRequest, context: SendContext): Promise<Sent> => sendRequest(runtime, request, context),
    look: (request, context, known) => lookAgain(runtime, request, { context, known }),
    fetchDocument: (source, documentOptions = {}) => fetchDocument(runtime, source, documentOptions),
    close: () => runtime.wire.close(),
  }
}
