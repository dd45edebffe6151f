import type { Sealed } from '@oasgen/json'
import type { SealedText } from '@oasgen/wire'

/** Pieces as short as they can be: one string where nothing is sealed, neighbours joined otherwise. */
export function joinText(pieces: readonly SealedText[]): SealedText {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('')
  const joined: (string | Sealed)[] = []
  for (const piece of pieces.flatMap((part) => (typeof part === 'string' ? [part] : part))) {
    const last = joined.length - 1
    if (typeof piece === 'string' && typeof joined[last] === 'string') joined[last] += piece
    else if (piece !== '') joined.push(piece)
  }
  return joined
}
