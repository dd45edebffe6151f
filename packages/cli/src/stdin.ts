export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Raw mode ends with the loop, however it ends: a terminal left without echo would be a riddle. */
export async function* readKeys(): AsyncGenerator<string> {
  process.stdin.setRawMode(true)
  try {
    for await (const chunk of process.stdin) {
      yield* keysIn((chunk as Buffer).toString('utf8'))
    }
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
  }
}

/** Several keys may arrive at once; an arrow is three bytes, in one of two forms. */
export function keysIn(text: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- Escape is what begins an arrow
  return (text.match(/\u001b[[O][A-D]|[\s\S]/g) ?? []).map((key) => (key.startsWith('\u001bO') ? `\u001b[${key.slice(2)}` : key))
}
