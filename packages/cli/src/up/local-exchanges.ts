import { existsSync, readFileSync } from 'node:fs'
import type { Exchange } from '@oasgen/wire'
import { exchangesAt } from '../plan/exchanges.js'
import { healthPortFile } from './folder.js'

export interface WhoseExchanges {
  readonly deployment: string
  /** `books.bookshop.example` */
  readonly kind: string
  readonly key: string
}

/** Of a controller that this `up` runs. */
export async function localExchanges(cwd: string, { deployment, kind, key }: WhoseExchanges): Promise<readonly Exchange[]> {
  const file = healthPortFile(cwd, deployment)
  if (!existsSync(file)) return []
  return exchangesAt(`http://127.0.0.1:${readFileSync(file, 'utf8').trim()}/debug/exchanges?resource=${encodeURIComponent(key)}&kind=${encodeURIComponent(kind)}`)
}
