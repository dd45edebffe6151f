import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { watchFile, unwatchFile, rmSync } from 'node:fs'
import { finding } from '@oasgen/diagnostics'
import { isObject, type JsonObject } from '@oasgen/json'
import { CommandError, endWith, EXIT, type CommandIo } from '../io.js'
import type { DemoMessage } from './demo-process.js'
import { readWish, wishFile, type UpFolder } from './folder.js'
import { startWorker, type WorkerProcess } from './workers.js'

/** The bookshop beside the control plane. */
export interface DemoShop {
  readonly url: string
  readonly port: number
  /** Files to apply. */
  readonly manifests: readonly string[]
  /** The shop may be on another port than its manifests say. */
  adapt(object: JsonObject): JsonObject
  stop(): Promise<void>
}

const WRITTEN_PORT = 18_080

export async function startDemoShop(io: CommandIo, folder: UpFolder, port: number): Promise<DemoShop> {
  const assets = fileURLToPath(new URL('../demo/', import.meta.url))
  rmSync(wishFile(io.cwd), { force: true })
  const start = (wanted: number): Promise<Started> => startProcess({ port: wanted, dataFile: join(folder.path, 'bookshop.json'), document: join(assets, 'openapi.yaml') })
  let running: Started | undefined = await start(folder.port('demo', port))
  folder.keepPort('demo', running.port)
  const address = { url: running.url, port: running.port }
  const follow = async (): Promise<void> => {
    const wish = readWish(io.cwd)
    if (wish === 'stopped' && running !== undefined) {
      const stopping = running
      running = undefined
      await stopping.worker.stop(3000)
      io.out('the bookshop is stopped\n')
    } else if (wish === 'running' && running === undefined) {
      running = await start(address.port)
      io.out('the bookshop is back\n')
    }
  }
  // One wish after the other, so that an end waits for a shop that is just being started and does not leave it behind.
  let following = Promise.resolve()
  watchFile(wishFile(io.cwd), { interval: 200 }, () => { following = following.then(follow, follow) })
  return {
    ...address,
    manifests: [join(assets, 'manifests')],
    adapt: (object) => withPort(object, address.port),
    stop: async () => {
      unwatchFile(wishFile(io.cwd))
      await following.catch(() => undefined)
      await running?.worker.stop(3000)
    },
  }
}

interface Started {
  readonly worker: WorkerProcess
  readonly url: string
  readonly port: number
}

function startProcess({ port, dataFile, document }: { port: number; dataFile: string; document: string }): Promise<Started> {
  return new Promise((resolve, reject) => {
    const worker = startWorker({
      name: 'bookshop', command: '__demo', args: [String(port), dataFile, document], env: {}, onLine: () => undefined,
      onMessage: (message) => {
        const said = message as DemoMessage
        if (said.type === 'listening') return resolve({ worker, url: said.url, port: said.port })
        // It would stay for the sake of its channel.
        void worker.stop(1000)
        const taken = finding('CLI0201', { port, what: 'the bookshop', flag: '--demo-port' })
        reject(said.code === 'EADDRINUSE' ? endWith(taken, EXIT.unavailable) : new CommandError(`the bookshop did not start: ${said.message}`, { code: EXIT.unavailable }))
      },
    })
  })
}

function withPort(object: JsonObject, port: number): JsonObject {
  if (object.kind !== 'RestDefinition' || !isObject(object.spec) || typeof object.spec.oasPath !== 'string') return object
  return { ...object, spec: { ...object.spec, oasPath: object.spec.oasPath.replace(`:${WRITTEN_PORT}/`, `:${port}/`) } }
}
