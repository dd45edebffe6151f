/** A worker ends with its parent: when the parent is killed, the channel closes and nobody would be left to stop it. */
export function endWithParent(): void {
  if (process.channel === undefined) return
  process.on('disconnect', () => process.exit(0))
  // Listening must not keep a worker alive that has come to its own end.
  process.channel.unref()
}
