const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g

/**
 * A duration in milliseconds, as flags, annotations and definitions write it: Go's form (`1h30m`, `90s`, `1.5h`, `0`) and days
 * (`7d`), which Go lacks. `undefined` for anything else, negative ones included: nobody waits for less than nothing.
 */
export function readDuration(text: string): number | undefined {
  const written = text.trim()
  if (written === '0') return 0
  const parts = [...written.matchAll(PART)]
  if (written === '' || written.length > 100 || parts.map(([part]) => part).join('') !== written) return undefined
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0)
}

/** The same form back, in the largest units that hold it exactly: `1h30m`, `1.5s`, `250ms`, `0s`. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0s'
  const seconds = (ms % 60_000) / 1000
  const minutes = Math.floor(ms / 60_000) % 60
  const hours = Math.floor(ms / 3_600_000)
  if (ms < 1000) return `${ms}ms`
  return `${hours === 0 ? '' : `${hours}h`}${minutes === 0 ? '' : `${minutes}m`}${seconds === 0 ? '' : `${seconds}s`}`
}
