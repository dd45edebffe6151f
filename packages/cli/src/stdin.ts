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
      const text = (chunk as Buffer).toString('utf8')
      // An arrow comes as three bytes at once; anything else is typed key by key.
      if (text.startsWith('\u001b')) yield text
      else yield* text
    }
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
  }
}
