import { DEMO_TOKEN, startBookshop, type BookshopOptions } from '@oasgen/example-bookshop'
import type { CommandIo, ExitCode } from '../io.js'

/** What the demo process answers to its parent. */
export type DemoMessage =
  | { readonly type: 'listening'; readonly url: string; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }

/** The bookshop as a process of its own: `demo stop` and a crash are then the real thing. Arguments: port, data file, document. */
export async function runDemo(io: CommandIo, [port = '0', dataFile = '', document = '']: readonly string[]): Promise<ExitCode> {
  const options: BookshopOptions = { port: Number(port), token: DEMO_TOKEN, ...(dataFile !== '' && { dataFile }), ...(document !== '' && { documentFile: document }) }
  try {
    const shop = await startBookshop(options)
    tell({ type: 'listening', url: shop.url, port: shop.port })
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    await shop.close()
    return 0
  } catch (error) {
    tell({ type: 'failed', code: (error as NodeJS.ErrnoException).code ?? '', message: String(error) })
    return 1
  }
}

function tell(message: DemoMessage): void {
  process.send?.(message)
}
