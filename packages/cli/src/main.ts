import { readKeys, readStdin } from './stdin.js'
import { VERSION } from './version.js'

// `--version` is asked by scripts and completions all the time: it must not pay for the rest.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${VERSION}\n`)
} else {
  await start()
}

async function start(): Promise<void> {
  const { main } = await import('./program.js')
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort(signal))
  process.stdout.on('error', endQuietly)
  const args = process.argv.slice(2)
  const isQuiet = args.includes('--quiet') || args.includes('-q')
  process.exitCode = await main({
    args, name: /(?:^|[\\/])kubectl-oasgen(?:\.\w+)?$/.test(process.argv[1] ?? '') ? 'kubectl oasgen' : 'oasgen',
    env: process.env,
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    note: (text) => { if (!isQuiet) process.stdout.write(text) },
    isTerminal: process.stdout.isTTY === true,
    get columns() { return process.stdout.columns ?? 100 },
    get rows() { return process.stdout.rows ?? 24 },
    readStdin,
    ...(process.stdin.isTTY && { keys: readKeys }),
    signal: stopping.signal,
  })
}

// `oasgen get … | head` closes the pipe: that is no failure.
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
