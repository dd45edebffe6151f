/** What a value that was read may nest at most, unless the reader says otherwise. */
export const MAX_DEPTH = 1000

/** Whether arrays and objects nest more than `levels` deep. Stops one level below, so the stack is safe for any value. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Array.isArray(value) ? arrayNestsDeeper(value, levels - 1) : objectNestsDeeper(value as Readonly<Record<string, unknown>>, levels - 1)
}

function arrayNestsDeeper(items: readonly unknown[], levels: number): boolean {
  for (const item of items) {
    if (typeof item === 'object' && nestsDeeper(item, levels)) return true
  }
  return false
}

// for…in costs a third of Object.values here; inherited names cannot occur in what was parsed, and would only be looked at.
function objectNestsDeeper(members: Readonly<Record<string, unknown>>, levels: number): boolean {
  for (const name in members) {
    const member = members[name]
    if (typeof member === 'object' && nestsDeeper(member, levels)) return true
  }
  return false
}
