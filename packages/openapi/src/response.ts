import type { JsonObject } from '@oasgen/json'
import { ignore, readContent, readHeaders, schemaIn } from './content.js'
import { extensionsOf, readKeywords } from './keywords.js'
import { memberOf, placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import type { MediaType, Response } from './normal-form.js'
import { membersOf, objectAt, objectMember } from './referred-object.js'
import { contentOf, mediaTypesOf } from './swagger-body.js'

export function readResponses(context: LinkContext, operation: Located<JsonObject>, report: Report): ReadonlyMap<string, Response> {
  const responses = objectMember(context, operation, 'responses', report)
  return new Map(membersOf(responses).flatMap(([written, located]) => {
    const code = codeOf(written)
    const what = `the response \`${written}\``
    if (code === undefined) ignore(report, located, what, 'it is no status code, no range such as `2XX`, and not `default`')
    const object = code === undefined ? undefined : objectAt(context, located, what, report)
    if (code === undefined || object === undefined) return []
    return [[code, readResponse({ context, operation, code, located: object, report })] as const]
  }))
}

function codeOf(written: string): string | undefined {
  const code = written.trim()
  if (/^[1-5]\d\d$/.test(code)) return code
  if (/^[1-5]xx$/i.test(code)) return code.toUpperCase()
  return code.toLowerCase() === 'default' ? 'default' : undefined
}

interface ResponseParts {
  readonly context: LinkContext
  readonly operation: Located<JsonObject>
  readonly code: string
  readonly located: Located<JsonObject>
  readonly report: Report
}

function readResponse({ context, operation, code, located, report }: ResponseParts): Response {
  const description = readKeywords(located, report).text('description')
  return {
    code,
    ...(description !== undefined && { description }),
    headers: readHeaders(context, located, report),
    content: context.version === '2.0' ? swaggerContent({ context, operation, located }) : readContent(context, located, report),
    extensions: extensionsOf(located.value),
    pointer: located.pointer,
    place: placeOf(located),
  }
}

type SwaggerResponse = Pick<ResponseParts, 'context' | 'operation' | 'located'>

function swaggerContent({ context, operation, located }: SwaggerResponse): ReadonlyMap<string, MediaType> {
  if (memberOf(located, 'schema') === undefined) return new Map()
  return contentOf(mediaTypesOf(context, operation, 'produces'), located, schemaIn(context, located))
}
