import { readDuration as readMilliseconds } from '@oasgen/wire'

/** `1h30m` in seconds; undefined for a text that is no duration. Parts of a second are rounded up: waiting 0 s is not meant. */
export function readDuration(text: string): number | undefined {
  const milliseconds = readMilliseconds(text)
  return milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1000)
}
