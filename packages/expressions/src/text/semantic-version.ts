/** A version of semver.org 2.0. */
export interface SemanticVersion {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  readonly pre: readonly string[]
}

/** The version, or the complaint. */
export function parseVersion(text: string): SemanticVersion | string {
  if (text === '') return 'Version string empty'
  const match = /^([^.]*)\.([^.]*)\.([^-+]*)(?:-([^+]*))?(?:\+(.*))?$/s.exec(text)
  if (match === null) return 'No Major.Minor.Patch elements found'
  const [, major = '', minor = '', patch = '', pre, build] = match
  for (const [name, part] of [['Major', major], ['Minor', minor], ['Patch', patch]] as const) {
    const complaint = numberComplaint(name, part)
    if (complaint !== undefined) return complaint
  }
  const identifiers = pre === undefined ? [] : pre.split('.')
  const badPre = identifiers.map(preComplaint).find((complaint) => complaint !== undefined)
  if (badPre !== undefined) return badPre
  if (build !== undefined && build.split('.').some((part) => !/^[0-9A-Za-z-]+$/.test(part))) return `Invalid character(s) found in build meta data ${JSON.stringify(build)}`
  return { major: BigInt(major), minor: BigInt(minor), patch: BigInt(patch), pre: identifiers }
}

function numberComplaint(name: string, part: string): string | undefined {
  if (!/^[0-9]+$/.test(part)) return `Invalid character(s) found in ${name.toLowerCase()} number ${JSON.stringify(part)}`
  if (part.length > 1 && part.startsWith('0')) return `${name} number must not contain leading zeroes ${JSON.stringify(part)}`
  return part.length > 20 || BigInt(part) >= 2n ** 64n ? `strconv.ParseUint: parsing ${JSON.stringify(part)}: value out of range` : undefined
}

function preComplaint(identifier: string): string | undefined {
  if (identifier === '') return 'Prerelease is empty'
  if (!/^[0-9A-Za-z-]+$/.test(identifier)) return `Invalid character(s) found in prerelease ${JSON.stringify(identifier)}`
  return /^0[0-9]+$/.test(identifier) ? `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(identifier)}` : undefined
}

/** Takes a leading v, missing parts and leading zeros. */
export function normalizeVersion(text: string): string {
  const parts = text.replace(/^v/, '').split('.')
  const three = [...parts.slice(0, 2), ...(parts.length > 2 ? [parts.slice(2).join('.')] : [])].map((part) =>
    part.length > 1 ? part.replace(/^0+(?=[0-9])/, '') : part,
  )
  if (three.length >= 3) return three.join('.')
  const last = three.at(-1) ?? ''
  const cut = last.search(/[-+]/)
  const [plain, rest] = cut < 0 ? [last, ''] : [last.slice(0, cut), last.slice(cut)]
  return `${[...three.slice(0, -1), plain, '0', '0'].slice(0, 3).join('.')}${rest}`
}

export function compareVersions(a: SemanticVersion, b: SemanticVersion): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length) * (a.pre.length === 0 && b.pre.length === 0 ? 0 : 1)
  return comparePre(a.pre, b.pre)
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareIdentifier(a[index] ?? '', b[index] ?? '')
    if (order !== 0) return order
  }
  return Math.sign(a.length - b.length)
}

/** Numbers come before words. */
function compareIdentifier(a: string, b: string): number {
  const [numberA, numberB] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)]
  if (numberA && numberB) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
  if (numberA !== numberB) return numberA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
