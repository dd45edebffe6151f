import { Worker } from 'node:worker_threads'
import { finding } from '@oasgen/diagnostics'
import { nameOf, namespaceOf } from '@oasgen/kube'
import { packJob, unpackCompiled } from './compile-message.js'
import { compileDefinition, type CompileJob, type Compiled } from './compile.js'

/** Compiles outside the main thread: 13 MB of YAML take seconds, and a Lease must not expire meanwhile. */
export interface Compiler {
  compile(job: CompileJob): Promise<Compiled>
  close(): Promise<void>
}

export interface CompilerOptions {
  /** The bundled worker; absent = in this thread (CLI and tests with small documents). */
  readonly worker?: URL
  readonly timeoutMs?: number
  readonly memoryMb?: number
}

export function createCompiler(options: CompilerOptions): Compiler {
  return options.worker === undefined ? inThisThread() : inWorker(options.worker, options)
}

function inThisThread(): Compiler {
  return { compile: (job) => Promise.resolve(attempt(job, () => compileDefinition(job))), close: () => Promise.resolve() }
}

/** A throw is a bug of ours: it must reach the user of this definition and nobody else. */
export function attempt(job: CompileJob, compile: () => Compiled): Compiled {
  try {
    return compile()
  } catch (error) {
    return failed(job, error instanceof Error ? error.message : String(error))
  }
}

function failed(job: CompileJob, why: string): Compiled {
  return { findings: [finding('PRV0109', { definition: `${namespaceOf(job.definition)}/${nameOf(job.definition)}`, why })] }
}

interface Waiting {
  readonly job: CompileJob
  readonly resolve: (compiled: Compiled) => void
}

// One worker and one job at a time: the cores belong to the controllers, and parses are kept in the worker between jobs. After a
// while without work a fresh one takes its place: parsed documents do not stay in memory, and the next job need not wait for a start.
function inWorker(url: URL, { timeoutMs = 60_000, memoryMb = 1024 }: CompilerOptions): Compiler {
  const queue: Waiting[] = []
  let worker: Worker | undefined
  /** The content of each document that the worker of now holds: the same bytes are not sent again. */
  let sent = new Map<string, Uint8Array>()
  let current: Waiting | undefined
  let limit: NodeJS.Timeout | undefined
  const finish = (compiled: Compiled): void => {
    clearTimeout(limit)
    const done = current
    current = undefined
    done?.resolve(compiled)
    next()
  }
  const start = (): Worker => startWorker(url, memoryMb, { onCompiled: finish, onEnd: abandon })
  const abandon = (why: string): void => {
    const broken = worker
    worker = undefined
    sent = new Map()
    if (broken !== undefined) void broken.removeAllListeners().terminate()
    if (current !== undefined) finish(failed(current.job, why))
  }
  const refresh = (): void => {
    abandon('idle')
    worker = start()
  }
  const next = (): void => {
    if (current !== undefined) return
    current = queue.shift()
    if (current === undefined) return idle()
    clearTimeout(limit)
    worker ??= start()
    const { uri, bytes } = current.job.document
    worker.postMessage(packJob(current.job, sent.get(uri) === bytes ? 'known' : 'new'))
    sent.set(uri, bytes)
    limit = setTimeout(() => abandon(`it took longer than ${timeoutMs / 1000} s`), timeoutMs)
  }
  const idle = (): void => {
    if (sent.size === 0) return
    limit = setTimeout(refresh, IDLE_MS)
    limit.unref()
  }
  worker = start()
  return {
    compile: (job) => new Promise((resolve) => {
      queue.push({ job, resolve })
      next()
    }),
    close: async () => {
      clearTimeout(limit)
      worker?.removeAllListeners()
      await worker?.terminate()
    },
  }
}

const IDLE_MS = 20_000

interface WorkerEvents {
  readonly onCompiled: (compiled: Compiled) => void
  readonly onEnd: (why: string) => void
}

function startWorker(url: URL, memoryMb: number, { onCompiled, onEnd }: WorkerEvents): Worker {
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } })
  worker.on('message', (text: string) => onCompiled(unpackCompiled(text)))
  worker.on('error', (error) => onEnd(error instanceof Error ? error.message : String(error)))
  worker.on('exit', (code) => onEnd(`the compiler ended with code ${code}`))
  worker.unref()
  return worker
}
