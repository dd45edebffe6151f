import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { finding } from '@oasgen/diagnostics'
import { ControlPlaneError } from '../fault.js'

export interface Lock {
  release(): void
}

/** Lets one process at a time use a data folder. A lock whose process is gone is taken over. */
export function holdLock(folder: string): Lock {
  const path = join(folder, 'lock')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeSync(file, `${process.pid} ${startOf(process.pid)}\n`)
      closeSync(file)
      return { release: () => rmSync(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = holderOf(path)
      if (holder !== undefined) throw new ControlPlaneError(finding('API0101', { folder, process: holder }))
      rmSync(path, { force: true })
    }
  }
  throw new Error(`the data folder ${folder} cannot be locked`)
}

function holderOf(path: string): number | undefined {
  const [pid, start] = readFileSync(path, 'utf8').trim().split(' ')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0 || number === process.pid && start !== startOf(process.pid)) return undefined
  try {
    process.kill(number, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  // Another process may have the number by now.
  return start === undefined || start === startOf(number) ? number : undefined
}

/** When the process was started, in the system's own count; `-` where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  } catch {
    return '-'
  }
}
