export type Random = () => number
export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
export const maybe = (random: Random, chance: number): boolean => random() < chance
export const some = <T>(random: Random, make: () => T, most = 3): T[] => Array.from({ length: Math.floor(random() * (most + 1)) }, make)
/** Different ones of the values. */
export const subset = <T>(random: Random, values: readonly T[]): T[] => values.filter(() => maybe(random, 0.4))
export const manager = (random: Random): string => `fieldManager=${pick(random, ['m1', 'm2', 'm3'])}`
export const options = (random: Random): string =>
  `${maybe(random, 0.1) ? '&dryRun=All' : ''}${maybe(random, 0.2) ? `&fieldValidation=${pick(random, ['Strict', 'Warn', 'Ignore'])}` : ''}`

export function meta(random: Random): object {
  return {
    ...(maybe(random, 0.3) && { labels: Object.fromEntries(some(random, () => [pick(random, ['x', 'y', 'z']), pick(random, ['1', '2'])])) }),
    ...(maybe(random, 0.2) && { annotations: Object.fromEntries(some(random, () => [pick(random, ['n', 'o']), pick(random, ['1', '2'])])) }),
    ...(maybe(random, 0.1) && { finalizers: [...new Set(some(random, () => pick(random, ['e.x/1', 'e.x/2'])))] }),
  }
}
