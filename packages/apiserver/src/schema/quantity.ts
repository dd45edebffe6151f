/** Decimal exponents by suffix; the binary ones are powers of 1,024. */
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

/** `resource.Quantity` in the form that Kubernetes writes: no fraction, the largest suffix that needs none; undefined = no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/.exec(text)
  if (!match) return undefined
  const [, sign = '', digits = '', suffix = ''] = match
  const [whole = '', fraction = ''] = digits.split('.')
  const mantissa = BigInt(`${whole}${fraction}` || '0')
  const minus = sign === '-' && mantissa !== 0n ? '-' : ''
  const binary = BINARY.indexOf(suffix as (typeof BINARY)[number])
  if (binary > 0) return binaryText(minus, mantissa * 1024n ** BigInt(binary), fraction.length)
  const exponent = /^[eE][+-]?\d/.exec(suffix) ? Number(suffix.slice(1)) : 3 * DECIMAL.indexOf(suffix as (typeof DECIMAL)[number]) - 9
  if (exponent > 100 || exponent < -100) return undefined
  const scaled = exponent + 9 - fraction.length
  // In billionths, rounded up, as the smallest unit there is.
  const nanos = scaled >= 0 ? mantissa * 10n ** BigInt(scaled) : ceilDivide(mantissa, 10n ** BigInt(-scaled))
  return /^[eE][+-]?\d/.test(suffix) ? exponentText(minus, nanos) : `${minus}${decimalText(nanos)}`
}

function ceilDivide(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}

function binaryText(minus: string, value: bigint, decimals: number): string {
  const scale = 10n ** BigInt(decimals)
  if (value % scale !== 0n) return `${minus}${decimalText(ceilDivide(value * 1_000_000_000n, scale))}`
  let rest = value / scale
  if (rest === 0n) return '0'
  let step = 0
  while (step < BINARY.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n
    step++
  }
  // Less than 1,024 bytes have no binary suffix.
  return `${minus}${rest}${BINARY[step] ?? ''}`
}

function decimalText(nanos: bigint): string {
  if (nanos === 0n) return '0'
  let rest = nanos
  let step = 0
  while (step < DECIMAL.length - 1 && rest % 1000n === 0n) {
    rest /= 1000n
    step++
  }
  return `${rest}${DECIMAL[step] ?? ''}`
}

function exponentText(minus: string, nanos: bigint): string {
  if (nanos === 0n) return '0'
  let rest = nanos
  let exponent = -9
  while (rest % 1000n === 0n) {
    rest /= 1000n
    exponent += 3
  }
  return `${minus}${rest}${exponent === 0 ? '' : `e${exponent}`}`
}
