import { parsePath } from '@oasgen/fieldpath'
import { refusal } from './errors.mjs'

export function answer({ input, want }) {
  const result = parsePath(input.path)
  return result.ok ? { segments: result.path.map((segment) => segment.key ?? segment) } : { ...refusal(want, result.message, {}), ...literally(want, result.message) }
}

/** Here the words are the user's too: what is wrong with the path. */
function literally({ errorContains }, message) {
  return errorContains === undefined ? {} : { errorContains: message.includes(errorContains) ? errorContains : message }
}
