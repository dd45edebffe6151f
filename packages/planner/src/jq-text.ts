import type { JqProgram } from '@oasgen/restdefinition'

/** The program in place; one that was never fetched is told by `checkPrograms`. */
export function jqText(program: JqProgram | undefined): string | undefined {
  return program?.type === 'inline' ? program.text : undefined
}
