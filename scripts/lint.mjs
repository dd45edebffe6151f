// Lint: oxlint for the language, and what the design promises about directions and purity (layers.mjs).
import { checkLayers } from './layers.mjs'
import { run } from './run.mjs'

export async function lint() {
  const language = await run('npx', ['--no-install', 'oxlint', '--type-aware', '--deny-warnings'])
  const layers = checkLayers('.')
  for (const problem of layers) console.error(problem)
  return language === 0 && layers.length === 0 ? 0 : 1
}

if (import.meta.url === `file://${process.argv[1]}`) process.exit(await lint())
