// Starting other programs from the scripts of this folder: one home for how output and failure are shown.
import { spawn } from 'node:child_process'

/** Runs a command with inherited output; answers its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    child.on('error', (error) => {
      console.error(`cannot start ${command}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

/** Runs named steps in order, all of them, and says at the end which failed. */
export async function runSteps(steps) {
  const failed = []
  for (const [name, step] of steps) {
    const started = Date.now()
    const code = await step()
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
    if (code !== 0) failed.push(name)
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}
