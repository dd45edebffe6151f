import { spreadHash } from './hash.js'

/**
 * Which member a key belongs to: the one with the highest hash of both. When a member comes or goes only the keys that it
 * wins or held change hands, and members with different views disagree only about members that they see differently.
 */
export function ownerOf(key: string, members: readonly string[]): string | undefined {
  let best: string | undefined
  let bestWeight = -1
  for (const member of members) {
    const weight = spreadHash(`${member}\u0000${key}`)
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && member < best)) {
      best = member
      bestWeight = weight
    }
  }
  return best
}
