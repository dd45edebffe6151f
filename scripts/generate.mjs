// Files that are made from the sources: `npm run generate` writes them, the check compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Path → function that gives the text. The packages are loaded from their builds. */
export const GENERATED = {
  'docs/diagnostics.md': async () => (await import('../packages/diagnostics/dist/index.js')).renderCatalogue(),
  'docs/restdefinition.md': async () => (await import('../packages/restdefinition/dist/index.js')).renderFieldReference(),
  'docs/cookbook.md': async () => (await import('./cookbook.mjs')).renderCookbook(),
  'docs/fidelity.md': async () => (await import('../packages/crd/dist/index.js')).renderFidelityRules(),
  'specs/plan/schema.json': async () => `${JSON.stringify((await import('../packages/plan/dist/index.js')).planSchema(), null, 2)}\n`,
  'docs/reference/cli.md': async () => (await import('../packages/cli/dist/index.js')).renderCliReference(),
  'crds/ogen.krateo.io_restdefinitions.yaml': async () => (await import('../packages/crd/dist/index.js')).renderRestDefinitionCrdYaml(),
  // The chart has copies of its own: Helm reads no file outside of a chart.
  'charts/oasgen-provider/charts/oasgen-provider-crd/files/ogen.krateo.io_restdefinitions.yaml': async () =>
    (await import('../packages/crd/dist/index.js')).renderRestDefinitionCrdYaml(),
  'charts/oasgen-provider/files/provider-rules.yaml': async () => renderRules((await import('../packages/provider/dist/index.js')).providerRules()),
}

function renderRules(rules) {
  return ['# Made by `npm run generate` from packages/provider; do not edit.', 'rules:', ...rules.map((rule) => `- ${JSON.stringify(rule)}`), ''].join('\n')
}

export async function generate() {
  for (const [path, render] of Object.entries(GENERATED)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, await render())
  }
}

export async function checkGenerated() {
  const stale = []
  for (const [path, render] of Object.entries(GENERATED)) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== (await render())) stale.push(path)
  }
  for (const path of stale) console.error(`${path} is not what the sources give: npm run build && npm run generate`)
  return stale.length === 0 ? 0 : 1
}

if (import.meta.url === `file://${process.argv[1]}`) await generate()
