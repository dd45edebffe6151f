import type { CommandIo } from './io.js'
import { endWithParent } from './up/orphan.js'

/** The programs that `up` and `run` start as processes of their own, out of the same bundle. */
export async function runWorker(io: CommandIo): Promise<number> {
  endWithParent()
  const [command, ...args] = io.args
  switch (command ?? '') {
    case '__provider': {
      const { runProvider } = await import('@oasgen/provider')
      return runProvider({ args, env: io.env, allowFiles: true, signal: io.signal, compileWorker: new URL('./compile-worker.mjs', import.meta.url) })
    }
    case '__controller': {
      const { runRestController } = await import('@oasgen/rest-controller')
      return runRestController({ args, env: io.env, signal: io.signal })
    }
    case '__demo': return (await import('./up/demo-process.js')).runDemo(io, args)
    default: return 2
  }
}
