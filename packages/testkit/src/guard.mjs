// Owns the processes of one test server. It dies with whoever started it: when its standard input closes – also because the
// starter was killed – it ends everything it started, so that no test leaves a server behind.
import { spawn } from 'node:child_process'
import { createWriteStream, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const children = new Map()
let folder

createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line))).on('close', () => end('SIGKILL'))
process.on('SIGTERM', () => end('SIGTERM'))
process.on('SIGINT', () => undefined)

function handle(message) {
  if (message.type === 'folder') folder = message.path
  if (message.type === 'start') start(message)
  if (message.type === 'signal') children.get(message.name)?.kill(message.signal)
  if (message.type === 'end') end('SIGTERM', message.keep)
}

function start({ name, command, args, log, env }) {
  const output = createWriteStream(log, { flags: 'a' })
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  child.stdout.pipe(output)
  child.stderr.pipe(output)
  child.on('error', (error) => say({ type: 'exit', name, code: null, message: error.message }))
  child.on('exit', (code, signal) => {
    children.delete(name)
    say({ type: 'exit', name, code, signal })
  })
  children.set(name, child)
  say({ type: 'started', name, pid: child.pid })
}

let ending = false
function end(signal, keep = false) {
  if (ending) return
  ending = true
  for (const child of children.values()) child.kill(signal)
  const hard = setTimeout(() => { for (const child of children.values()) child.kill('SIGKILL') }, 10_000)
  const wait = setInterval(() => {
    if (children.size > 0) return
    clearInterval(wait)
    clearTimeout(hard)
    if (folder !== undefined && !keep) rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  }, 20)
}

function say(message) {
  try {
    process.stdout.write(`${JSON.stringify(message)}\n`)
  } catch {
    // The starter is gone; the close of standard input ends us.
  }
}
process.stdout.on('error', () => undefined)
