import { writeJson, type JsonValue } from '@oasgen/json'
import { logMember } from './log-value.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Facts of a line by name. Values may be anything: secrets are masked, errors unfolded, sizes bounded. */
export type LogFields = Readonly<Record<string, unknown>>

/** Lines of a constant message with facts beside it, never inside it, so that lines can be counted and found. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** Whether a line of this level would be written: for facts that are costly to gather. */
  isOn(level: LogLevel): boolean
  /** The same lines with these facts on each; the trace id of a reconcile enters here. */
  child(fields: LogFields): Logger
  level(): LogLevel
  /** For this logger, its parent and all its children, from now on. */
  setLevel(level: LogLevel): void
}

export interface LoggerOptions {
  readonly level?: LogLevel
  /** Gets one complete line, newline included. Default: standard error. */
  readonly write?: (line: string) => void
  /** `text` is for terminals. */
  readonly format?: 'json' | 'text'
  /** Milliseconds since the epoch. */
  readonly wall?: () => number
  readonly fields?: LogFields
}

export function createLogger(options: LoggerOptions = {}): Logger {
  const state: Shared = {
    rank: LOG_LEVELS.indexOf(options.level ?? 'info'),
    write: options.write ?? ((line) => void process.stderr.write(line)),
    print: options.format === 'text' ? printText : printJson,
    wall: options.wall ?? Date.now,
  }
  return loggerWith(state, options.fields ?? {})
}

/** Nothing; for tests and for callers that want no log. */
export const silentLogger: Logger = createLogger({ level: 'error', write: () => undefined })

export function readLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text.trim().toLowerCase())
}

interface Shared {
  rank: number
  readonly write: (line: string) => void
  readonly print: (line: Line) => string
  readonly wall: () => number
}

interface Line {
  readonly at: number
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

function loggerWith(shared: Shared, own: LogFields): Logger {
  const isOn = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) >= shared.rank
  const log = (level: LogLevel) => (message: string, fields?: LogFields): void => {
    if (isOn(level)) shared.write(shared.print({ at: shared.wall(), level, message, fields: fields === undefined ? own : { ...own, ...fields } }))
  }
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    isOn,
    child: (fields) => loggerWith(shared, { ...own, ...fields }),
    level: () => LOG_LEVELS[shared.rank] ?? 'info',
    setLevel: (level) => { shared.rank = LOG_LEVELS.indexOf(level) },
  }
}

function membersOf(fields: LogFields): readonly (readonly [string, JsonValue])[] {
  return Object.entries(fields).filter(([, value]) => value !== undefined).map(([name, value]) => [name, logMember(name, value)])
}

/** The three of ours come first and cannot be overwritten by a fact of the same name, which then ends in `_`. */
function printJson(line: Line): string {
  const head: Record<string, JsonValue> = { time: new Date(line.at).toISOString(), level: line.level, msg: line.message }
  for (const [name, value] of membersOf(line.fields)) head[Object.hasOwn(head, name) ? `${name}_` : name] = value
  return `${writeJson(head)}\n`
}

function printText(line: Line): string {
  const facts = membersOf(line.fields).map(([name, value]) => ` ${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : writeJson(value)}`)
  return `${new Date(line.at).toISOString().slice(11, 23)} ${line.level.padEnd(5)} ${line.message}${facts.join('')}\n`
}
