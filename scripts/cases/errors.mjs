// A refusal is the same one when it names the same things; the sentence around them is each product's own.

/** The expected part of the sentence when ours says as much, else ours: what a case with `errorContains` is compared with. */
export function refusal(want, message, input) {
  if (!Object.hasOwn(want, 'errorContains')) return { error: true }
  const expected = want.errorContains
  const named = expected === null ? [] : namesIn(input).filter((name) => expected.includes(name))
  const isSame = expected === null || message.includes(expected) || named.every((name) => message.includes(name))
  return { error: true, errorContains: isSame ? expected : message }
}

/** Names and values of the input that a sentence may quote. */
function namesIn(value) {
  if (typeof value === 'string') return value.length >= 3 ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return [...new Set(Object.entries(value).flatMap(([key, child]) => [...(Array.isArray(value) ? [] : namesIn(key)), ...namesIn(child)]))]
}
