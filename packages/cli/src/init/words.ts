/** `/v1/user-groups/{id}` → `UserGroup`: the last word of the path that is no parameter. */
export function kindName(path: string): string {
  const literal = path.split('/').filter((segment) => segment !== '' && !segment.includes('{')).at(-1) ?? 'Resource'
  const words = literal.replace(/\.json$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const last = words.at(-1)
  const named = [...words.slice(0, -1), ...(last === undefined ? [] : [singular(last)])].map(capital).join('')
  return /^[A-Za-z]/.test(named) ? named : `Resource${named}`
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const KEPT = /(ss|us|is|news|series|species|status|address|access|dns|kubernetes|alias|sms|tls|https?)$/i
const IRREGULAR: Readonly<Record<string, string>> = { shelves: 'shelf',  people: 'person', children: 'child', indices: 'index', matrices: 'matrix', vertices: 'vertex', policies: 'policy', movies: 'movie', cookies: 'cookie', caches: 'cache' }

/** Good enough for a name that people may change; never asked to be reversible. */
export function singular(word: string): string {
  const lower = word.toLowerCase()
  const irregular = IRREGULAR[lower]
  if (irregular !== undefined) return irregular
  if (KEPT.test(word)) return word
  if (/ies$/i.test(word)) return `${word.slice(0, -3)}y`
  if (/(sses|shes|ches|xes|zes|uses)$/i.test(word)) return word.slice(0, -2)
  return /s$/i.test(word) ? word.slice(0, -1) : word
}
