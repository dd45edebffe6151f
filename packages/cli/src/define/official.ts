import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, readPointer, toPlain, type JsonObject, type JsonValue } from '@oasgen/json'
import { readDocument, type SourceDocument } from '@oasgen/openapi'
import type { SourceText } from '@oasgen/provider'

/** How many violations of one document are worth reading. */
const MOST = 50

/** The document by the official schema of its version. The library is large, so it is loaded only here. */
export async function judgeOfficially({ uri, bytes }: SourceText): Promise<readonly Finding[]> {
  const read = readDocument(bytes, { uri })
  if (read.value === undefined) return read.findings
  const { default: SwaggerParser } = await import('@apidevtools/swagger-parser')
  const plain = toPlain(read.value.root) as unknown as Parameters<typeof SwaggerParser.validate>[0]
  try {
    // References are followed by our own reader; here only what stands in this text is judged.
    await SwaggerParser.validate(plain, { resolve: { external: false }, dereference: { circular: 'ignore' }, continueOnError: false, validate: { schema: true, spec: false } })
    return []
  } catch (error) {
    return violationsOf(read.value, error)
  }
}

interface Violation {
  readonly instancePath: string
  readonly keyword: string
  readonly message?: string
  readonly params?: Readonly<Record<string, unknown>>
}

function violationsOf(source: SourceDocument, error: unknown): readonly Finding[] {
  const details = (error as { readonly details?: readonly Violation[] }).details
  if (details === undefined) return [violation(source, '', String((error as Error).message).split('\n')[0] ?? '')]
  const unique = new Map<string, Finding>()
  for (const one of telling(details)) {
    const pointer = written(source.root, one.instancePath)
    const found = violation(source, pointer, wordsOf(one))
    unique.set(`${pointer} ${found.message}`, found)
  }
  return [...unique.values()].slice(0, MOST)
}

/** A choice that fails says so at every branch: only the deepest places tell what is wrong. */
function telling(details: readonly Violation[]): readonly Violation[] {
  const own = details.filter(({ keyword, params }) => !(keyword === 'required' && params?.['missingProperty'] === '$ref') && !['oneOf', 'anyOf', 'if', 'not'].includes(keyword))
  const left = own.length > 0 ? own : details
  const choices = new Set(details.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf').map(({ instancePath }) => instancePath))
  return left.filter(({ instancePath }) => !choices.has(instancePath) || !left.some((other) => other.instancePath.startsWith(`${instancePath}/`)))
}

function wordsOf({ message = 'is not valid', keyword, params }: Violation): string {
  const extra = keyword === 'additionalProperties' || keyword === 'unevaluatedProperties' ? params?.['additionalProperty'] ?? params?.['unevaluatedProperty'] : keyword === 'enum' ? params?.['allowedValues'] : undefined
  if (extra === undefined) return message
  return `${message}: ${typeof extra === 'string' ? extra : JSON.stringify(extra)}`
}

/** The library follows references; the place is where the text itself has the value. */
function written(root: JsonObject, instancePath: string): string {
  let pointer = ''
  for (const segment of instancePath.split('/').slice(1)) {
    const here = valueAt(root, pointer)
    const target = here !== undefined && isObject(here) && typeof here.$ref === 'string' && here.$ref.startsWith('#/') ? decodeURIComponent(here.$ref.slice(1)) : undefined
    const from = target !== undefined && valueAt(root, target) !== undefined ? target : pointer
    const inside = valueAt(root, from)
    if (inside === undefined || (!isObject(inside) && !isArray(inside))) return from
    pointer = `${from}/${segment}`
  }
  return valueAt(root, pointer) === undefined ? pointer.slice(0, pointer.lastIndexOf('/')) : pointer
}

function valueAt(root: JsonObject, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root
  for (const segment of readPointer(pointer) ?? []) value = value !== undefined && isObject(value) ? value[segment] : isArray(value) ? value[Number(segment)] : undefined
  return value
}

function violation(source: SourceDocument, pointer: string, problem: string): Finding {
  return finding('CLI0104', { version: source.versionText, place: pointer === '' ? 'the document' : pointer, problem }, { where: source.place(pointer) })
}
