import { FEATURES } from '@oasgen/plan'
import { GROUP, VERSION as DEFINITION_VERSION } from '@oasgen/restdefinition'
import { EXIT, type CommandIo, type ExitCode } from '../io.js'
import { BUILD_COMMIT, VERSION } from '../version.js'

/** All that a bug report needs to know about the program. */
export function printVersion(io: CommandIo, { output }: { readonly output?: string }): ExitCode {
  const facts = {
    version: VERSION, commit: BUILD_COMMIT, node: process.version, platform: `${process.platform}/${process.arch}`,
    restDefinition: `${GROUP}/${DEFINITION_VERSION}`, openapi: ['2.0', '3.0', '3.1'], planFeatures: [...FEATURES],
  }
  if (output === 'json') io.out(`${JSON.stringify(facts, undefined, 2)}\n`)
  else {
    io.out([
      `oasgen ${facts.version}${facts.commit === '' ? '' : ` (${facts.commit})`}`, `Node ${facts.node} on ${facts.platform}`,
      `RestDefinition ${facts.restDefinition}, OpenAPI ${facts.openapi.join(', ')}`, `Plan features: ${facts.planFeatures.join(', ')}`, '',
    ].join('\n'))
  }
  return EXIT.ok
}
