/** Another seed is another storm; the one of a failing run is printed with it. */
export function conformSeed(): number {
  return Number(process.env['OASGEN_SEED'] ?? 20_261_121)
}
