import { runProvider } from './run.js'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => stopping.abort(signal))
process.exitCode = await runProvider({
  args: process.argv.slice(2),
  env: process.env,
  compileWorker: new URL('./compile-worker.mjs', import.meta.url),
  signal: stopping.signal,
})
