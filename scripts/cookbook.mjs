// docs/cookbook.md: each recipe shows the definition of the case that tests it.
import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

const HEAD = `# Cookbook

What an API does, and what to say about it in its RestDefinition. Every recipe is a case of \`specs/engine\` that is played against a
scripted API in the unit tests; its YAML is taken from there. Only the lines that matter are shown: they go under \`spec.resource\`, those of a
verb beside its \`action\`, \`method\` and \`path\`. Made by \`npm run generate\` from \`specs/cookbook.yaml\`.

All fields: [RestDefinition](restdefinition.md). All cases: [specs/engine](../specs/engine/README.md).
`

/** What the case adds to a plain collection: its verbs as they stand in a definition, the rest of the definition, policy and document. */
function definitionOf(name) {
  const file = `specs/engine/${name}/case.yaml`
  if (!existsSync(file)) throw new Error(`the cookbook names ${name}, and there is no ${file}`)
  const { verbs = {}, definition = {}, settingsOfDocument, policy, document = {}, configuration } = parse(readFileSync(file, 'utf8'), { merge: true })
  const { verbsDescription, kind: _kind, excludedSpecFields: _excluded, ...rest } = definition
  const changed = Object.entries(verbs).filter(([, verb]) => verb !== null).map(([action, verb]) => ({ action, ...withoutNull(verb) }))
  const resource = { ...rest, ...(verbsDescription ? { verbsDescription } : changed.length > 0 ? { verbsDescription: changed } : {}) }
  const settings = settingsOfDocument ?? document.settingsOfDocument
  const parts = { ...(settings && { document: settings }), ...(Object.keys(resource).length > 0 && { resource }), ...((policy ?? document.policy) && { policy: policy ?? document.policy }) }
  const shown = Object.keys(parts).length === 1 && parts.resource !== undefined ? parts.resource : { spec: parts }
  return Object.keys(parts).length === 0 ? (configuration && { spec: configuration }) : shown
}

function withoutNull(verb) {
  return Object.fromEntries(Object.entries(verb).filter(([, value]) => value !== null))
}

function recipeText({ sees, say, case: name }) {
  const definition = definitionOf(name)
  const yaml = definition === undefined ? [] : ['', '```yaml', stringify(definition, { lineWidth: 130, aliasDuplicateObjects: false }).trimEnd(), '```']
  return [`### ${sees}`, '', `${say} ([${name}](../specs/engine/${name}/case.yaml))`, ...yaml, ''].join('\n')
}

export function renderCookbook() {
  const parts = parse(readFileSync('specs/cookbook.yaml', 'utf8'))
  return [HEAD, ...parts.flatMap(({ about, recipes }) => [`## ${about}\n`, ...recipes.map(recipeText)])].join('\n')
}
