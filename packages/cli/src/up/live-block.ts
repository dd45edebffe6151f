/** A part of the screen that is drawn anew in place, below what was printed for good. */
export interface LiveBlock {
  /** What is to be seen now; lines may hold colours and must not hold line breaks. */
  show(lines: readonly string[]): void
  /** Printed once, above the block, and never touched again. */
  print(text: string): void
  /** Leaves the block as it is and the cursor below it. */
  end(): void
}

export interface Terminal {
  write(text: string): void
  columns(): number
  rows(): number
}

const REDRAW_MS = 60

export function createLiveBlock(terminal: Terminal): LiveBlock {
  return new Block(terminal)
}

class Block implements LiveBlock {
  readonly #terminal: Terminal
  #lines: readonly string[] = []
  #drawn = 0
  #timer: NodeJS.Timeout | undefined
  #pending = ''
  #ended = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(lines: readonly string[]): void {
    this.#lines = lines
    this.#soon()
  }

  print(text: string): void {
    this.#pending += text.endsWith('\n') ? text : `${text}\n`
    this.#soon()
  }

  end(): void {
    clearTimeout(this.#timer)
    if (!this.#ended) this.#draw()
    this.#ended = true
  }

  /** Many changes of a moment are one drawing: a screen that flickers is not calm. */
  #soon(): void {
    if (this.#ended) this.#terminal.write(this.#takePending())
    else this.#timer ??= setTimeout(() => this.#draw(), REDRAW_MS)
  }

  #draw(): void {
    this.#timer = undefined
    const columns = this.#terminal.columns()
    const shown = this.#lines.slice(0, Math.max(3, this.#terminal.rows() - 2)).map((line) => cut(line, columns - 1))
    const back = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r`
    this.#terminal.write(`${back}\u001b[J${this.#takePending()}${shown.map((line) => `${line}\n`).join('')}`)
    this.#drawn = shown.length
  }

  #takePending(): string {
    const text = this.#pending
    this.#pending = ''
    return text
  }
}

// oxlint-disable-next-line no-control-regex -- colours are what is looked for
const COLOUR = /\u001b\[[\d;]*m/y

/** A line that wraps would be two, and the block would no longer find its own beginning. Colours take no room. */
export function cut(line: string, width: number): string {
  let seen = 0
  for (let at = 0; at < line.length;) {
    COLOUR.lastIndex = at
    const colour = COLOUR.exec(line)
    if (colour !== null) {
      at += colour[0].length
      continue
    }
    if (seen === width - 1 && visibleLength(line.slice(at)) > 1) return `${line.slice(0, at)}…${line.includes('\u001b[') ? '\u001b[0m' : ''}`
    seen++
    at++
  }
  return line
}

export function visibleLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- colours take no room
  return text.replace(/\u001b\[[\d;]*m/g, '').length
}
