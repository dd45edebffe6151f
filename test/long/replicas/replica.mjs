// One replica: asks whether it may, then writes to the outside. `mode` is leader or shards.
import { createLeaderElector, createShardMember } from '@oasgen/controller'
import { connectKube } from '@oasgen/kube'
import { request } from 'undici'

const { server, token, namespace, identity, mode, ledger, keys, timing } = JSON.parse(process.argv[2])
const kube = connectKube({ server, token }, { timeoutMs: 1_000 })
const ref = { namespace, name: `replicas-${mode}` }
const one = mode === 'leader'
  ? createLeaderElector(kube, { lease: ref, identity, ...timing })
  : createShardMember(kube, { group: ref, identity, ...timing })
const mayStart = (key) => (mode === 'leader' ? one.mayStart(timing.longestRequestMs) : one.mayStart(key, timing.longestRequestMs))
one.start()

async function serve(key) {
  for (;;) {
    if (mayStart(key)) {
      const call = request(`${ledger}/${key}?by=${identity}`, { method: 'POST', headersTimeout: timing.longestRequestMs, signal: AbortSignal.timeout(timing.longestRequestMs) })
      await call.then(({ body }) => body.dump()).catch(() => undefined)
    }
    await new Promise((resolve) => { setTimeout(resolve, 30) })
  }
}
for (const key of keys) void serve(key)
process.on('disconnect', () => process.exit(0))
