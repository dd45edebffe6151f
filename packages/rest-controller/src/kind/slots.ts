const SLOTS = 20
const LONGEST_SLOT_MS = 250

/**
 * Moments of an interval that lie close together are one: a process that wakes once for several looks spends less on each. The
 * looks of a kind still spread over the whole interval.
 */
export function inSlot(at: number, intervalMs: number): number {
  const slotMs = Math.max(1, Math.min(LONGEST_SLOT_MS, Math.floor(intervalMs / SLOTS)))
  return Math.ceil(at / slotMs) * slotMs
}
