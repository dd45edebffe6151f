import './calm-start.js'
import { runRestController } from './run.js'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => stopping.abort(signal))
// What could not be ended in order must not keep the process.
process.exit(await runRestController({ args: process.argv.slice(2), env: process.env, signal: stopping.signal }))
