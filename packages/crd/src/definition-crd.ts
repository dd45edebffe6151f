import { restDefinitionCrd } from '@oasgen/restdefinition'
import { printYaml } from './yaml.js'

/** The text of `crds/ogen.krateo.io_restdefinitions.yaml`. */
export function renderRestDefinitionCrdYaml(): string {
  return `# Made by \`npm run generate\` from the table in packages/restdefinition; do not edit.\n${printYaml(restDefinitionCrd())}`
}
