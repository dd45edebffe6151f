import type { Checked, Finding, FixOperation, Place } from '@oasgen/diagnostics'
import type { Document } from './document.js'
import type { Operation } from './normal-form.js'

/** Who asks for an operation, so that findings cite both sides and a fix can be applied. */
export interface AskedBy {
  /** Where the path is written: a field of a RestDefinition. */
  readonly where?: Place
  /** JSON Pointer of the path in the definition, such as `/spec/resource/verbsDescription/0/path`. */
  readonly pointer?: string
}

/** An operation by path and method; what is missing is told with the nearest matches, and with a fix where one is certain. */
export function findOperation(document: Document, path: string, method: string, askedBy: AskedBy = {}): Checked<Operation> {
  const found = document.operation(path, method)
  if (found.value !== undefined) return found
  return { value: undefined, findings: found.findings.map((problem) => asked(problem, askedBy)) }
}

/** The main place becomes that of the asker; the place in the document stays beside it. */
function asked(problem: Finding, { where, pointer }: AskedBy): Finding {
  if (where === undefined) return problem
  const [first, ...rest] = problem.related ?? []
  const message = problem.code === 'OAS0301' ? 'the paths of the document' : 'the document'
  const own = problem.where === undefined ? [] : [{ where: problem.where, message }]
  const related = first === undefined ? own : [first, ...rest]
  const { fix: _, ...others } = problem
  return { ...others, where, ...(related.length > 0 && { related }), ...fixAt(problem, pointer) }
}

function fixAt({ fix }: Finding, pointer: string | undefined): Pick<Finding, 'fix'> {
  if (fix?.kind !== 'definition' || pointer === undefined) return {}
  const patch = fix.patch.map((operation): FixOperation => ({ ...operation, path: pointer }))
  return { fix: { ...fix, patch } }
}
