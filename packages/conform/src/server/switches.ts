/** The verb of a resource that a request serves: reads of any kind observe. */
export type Verb = 'observe' | 'create' | 'update' | 'delete'
export const VERBS: readonly Verb[] = ['observe', 'create', 'update', 'delete']

/** One way in which an API can go wrong. `fault`: happens to the first requests of a verb; `trait`: how the API is, all the time. */
interface Switch {
  readonly acts: 'fault' | 'trait'
  readonly about: string
}

export const SWITCHES = {
  error5xxBefore: { acts: 'fault', about: 'answers 500 and does nothing' },
  error5xxAfter: { acts: 'fault', about: 'does what it is asked and answers 503' },
  throttledSeconds: { acts: 'fault', about: 'answers 429 with Retry-After in seconds' },
  throttledDate: { acts: 'fault', about: 'answers 429 with Retry-After as a date' },
  conflict: { acts: 'fault', about: 'answers 409 and does nothing' },
  hangBefore: { acts: 'fault', about: 'does nothing and never answers' },
  hangAfter: { acts: 'fault', about: 'does what it is asked and never answers' },
  resetMidBody: { acts: 'fault', about: 'does what it is asked and cuts the connection in the middle of the answer' },
  wrongContentType: { acts: 'fault', about: 'does what it is asked and answers prose' },
  htmlError: { acts: 'fault', about: 'answers 502 with the page of a gateway' },
  htmlSuccess: { acts: 'fault', about: 'answers 200 with the page of a portal and does nothing' },
  hugeBody: { acts: 'fault', about: 'does what it is asked and answers more than anybody reads' },
  errorInSuccess: { acts: 'fault', about: 'answers 200 with an error inside and does nothing' },
  unauthorised: { acts: 'fault', about: 'answers 401' },
  forbidden: { acts: 'fault', about: 'answers 403' },
  emptyBody: { acts: 'fault', about: 'does what it is asked and answers a success without a body' },
  eventual: { acts: 'trait', about: 'reads lag behind writes' },
  reorder: { acts: 'trait', about: 'lists come in another order each time' },
  sortedArrays: { acts: 'trait', about: 'lists inside of an object are sorted by the server' },
  defaults: { acts: 'trait', about: 'the server adds fields at every depth' },
  dropped: { acts: 'trait', about: 'a field is taken and never shown' },
  writeOnly: { acts: 'trait', about: 'fields that are declared write-only are never shown' },
  renamed: { acts: 'trait', about: 'answers call a field by another name' },
  decorated: { acts: 'trait', about: 'names are written otherwise than they were sent' },
  async: { acts: 'trait', about: 'writes answer 202 and go on as operations' },
  asyncFails: { acts: 'trait', about: 'the first operation of each verb fails' },
  softDelete: { acts: 'trait', about: 'a deleted object can still be read for a while' },
  duplicateIds: { acts: 'trait', about: 'lists show the same object twice' },
  etag: { acts: 'trait', about: 'answers carry entity tags, and conditions on them are checked' },
  paged: { acts: 'trait', about: 'lists come in pages of two, with others before ours' },
} as const satisfies Readonly<Record<string, Switch>>

export type SwitchName = keyof typeof SWITCHES
export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[]

export function isSwitch(word: string): word is SwitchName {
  return Object.hasOwn(SWITCHES, word)
}

/** `a+b`: both at once. `undefined`: a word that is no switch. */
export function readSwitches(text: string): readonly SwitchName[] | undefined {
  const words = text === '' || text === 'none' ? [] : text.split('+')
  return words.every(isSwitch) ? words : undefined
}
