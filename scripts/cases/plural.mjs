import { pluralOf } from '@oasgen/model'

/** There is one plural: the one in the name of the CRD, looked up and granted too. */
export function answer({ input, want }) {
  const plural = pluralOf(input.kind)
  return Object.fromEntries(Object.keys(want).map((name) => [name, plural]))
}
