import { createLiveBlock } from '../up/live-block.js'
import { usesColour, type CommandIo } from '../io.js'

export interface Choice {
  readonly label: string
  readonly detail: string
  /** It cannot be chosen. */
  readonly disabled?: true
}

type Picked = readonly number[] | 'cancelled'

/** A list to choose from with the keys of a terminal: arrows or j and k, space, a for all, Enter, q. */
export async function pick(io: CommandIo, choices: readonly Choice[], keys: AsyncIterable<string>): Promise<Picked> {
  const block = createLiveBlock({ write: (text) => io.out(text), columns: () => io.columns, rows: () => io.rows ?? 24 })
  let state: PickerState = { at: choices.findIndex(({ disabled }) => disabled !== true), chosen: new Set() }
  const draw = (): void => block.show(pickerLines(choices, state, { rows: io.rows ?? 24, colour: usesColour(io) }))
  draw()
  for await (const key of keys) {
    const next = pressed(choices, state, key)
    if (next === 'done' || next === 'cancelled') {
      block.end()
      return next === 'done' ? [...state.chosen].sort((a, b) => a - b) : 'cancelled'
    }
    state = next
    draw()
  }
  block.end()
  return 'cancelled'
}

export interface PickerState {
  readonly at: number
  readonly chosen: ReadonlySet<number>
}

/** What one key does; a pure function, so that it can be tried without a terminal. */
export function pressed(choices: readonly Choice[], state: PickerState, key: string): PickerState | 'done' | 'cancelled' {
  switch (key) {
    case '\u001b[A': case 'k': return { ...state, at: moved(choices, state.at, -1) }
    case '\u001b[B': case 'j': return { ...state, at: moved(choices, state.at, 1) }
    case ' ': return { ...state, chosen: toggled(state.chosen, state.at) }
    case 'a': return { ...state, chosen: allOrNone(choices, state.chosen) }
    case '\r': case '\n': return 'done'
    case 'q': case '\u001b': case '\u0003': case '\u0004': return 'cancelled'
    default: return state
  }
}

function moved(choices: readonly Choice[], at: number, step: 1 | -1): number {
  for (let next = at + step; next >= 0 && next < choices.length; next += step) if (choices[next]?.disabled !== true) return next
  return at
}

function toggled(chosen: ReadonlySet<number>, at: number): ReadonlySet<number> {
  const next = new Set(chosen)
  if (!next.delete(at)) next.add(at)
  return next
}

function allOrNone(choices: readonly Choice[], chosen: ReadonlySet<number>): ReadonlySet<number> {
  const all = choices.flatMap(({ disabled }, index) => (disabled === true ? [] : [index]))
  return chosen.size === all.length ? new Set() : new Set(all)
}

/** As many as fit, the one under the cursor among them. */
export function pickerLines(choices: readonly Choice[], { at, chosen }: PickerState, { rows, colour }: { readonly rows: number; readonly colour: boolean }): readonly string[] {
  const room = Math.max(3, rows - 5)
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), choices.length - room))
  const width = Math.max(...choices.map(({ label }) => label.length))
  const lines = choices.slice(first, first + room).map(({ label, detail, disabled }, index) => {
    const number = first + index
    const mark = disabled === true ? ' ! ' : chosen.has(number) ? '[x]' : '[ ]'
    const line = `${number === at ? '>' : ' '} ${mark} ${label.padEnd(width)}  ${detail}`
    return colour && disabled === true ? `\u001b[90m${line}\u001b[39m` : colour && number === at ? `\u001b[1m${line}\u001b[22m` : line
  })
  const hidden = choices.length - lines.length
  return ['', ...lines, '', ` ${chosen.size} chosen${hidden > 0 ? ` · ${hidden} more` : ''} · space chooses, a all, Enter writes, q ends`]
}
