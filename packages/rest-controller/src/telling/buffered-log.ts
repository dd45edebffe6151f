/**
 * Lines of one turn of the event loop are written together: a pipe is written synchronously, and one write per line is what a
 * burst of external writes would spend most of its time with. What a crash leaves is written at the exit of the process.
 */
export interface BufferedLog {
  readonly write: (line: string) => void
  readonly flush: () => void
}

export interface BufferedLogOptions {
  readonly out: (text: string) => void
  /** Runs it after the current turn. */
  readonly later: (run: () => void) => void
}

/** More than this is not kept back. */
const LARGE = 64 * 1024

export function createBufferedLog({ out, later }: BufferedLogOptions): BufferedLog {
  let lines: string[] = []
  let size = 0
  const flush = (): void => {
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    size = 0
    out(text)
  }
  return {
    flush,
    write: (line) => {
      if (lines.length === 0) later(flush)
      lines.push(line)
      size += line.length
      if (size >= LARGE) flush()
    },
  }
}

/** Of this process, to standard error. */
export function openStderrLog(): BufferedLog {
  const log = createBufferedLog({ out: (text) => void process.stderr.write(text), later: (run) => void setImmediate(run) })
  process.on('exit', () => log.flush())
  return log
}
