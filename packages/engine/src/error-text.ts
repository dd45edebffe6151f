import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { HttpResponse } from '@oasgen/wire'

const MAX_TEXT = 300

/** What an API says about its refusal: problem+json, the usual members, else the text itself; one line, bounded. */
export function errorText(response: HttpResponse): string {
  switch (response.body.type) {
    case 'empty': return ''
    case 'json': return bounded(textOf(response.body.value, 0))
    case 'text': return isMarkup(response.body) ? '' : bounded(response.body.text)
    case 'unreadable': return bounded(response.body.problem)
  }
}

// The page of a gateway says nothing that a person could use.
function isMarkup({ contentType, text }: { readonly contentType: string; readonly text: string }): boolean {
  return contentType.includes('html') || /^\s*<(?:!doctype|html)/i.test(text)
}

const MEMBERS = ['detail', 'message', 'error_description', 'msg', 'description', 'reason', 'error', 'title', 'errors', 'fault', 'details']

function textOf(value: JsonValue | undefined, depth: number): string {
  if (typeof value === 'string') return value
  if (depth > 3) return ''
  if (isArray(value)) return value.slice(0, 3).map((item) => textOf(item, depth + 1)).filter((text) => text !== '').join('; ')
  return isObject(value) ? memberText(value, depth) : ''
}

function memberText(value: JsonObject, depth: number): string {
  const text = MEMBERS.map((name) => textOf(value[name], depth + 1)).find((found) => found !== '') ?? ''
  const field = ['field', 'pointer', 'path', 'resource'].map((name) => value[name]).find((found) => typeof found === 'string')
  return text === '' || field === undefined ? text || fieldTexts(value, depth) : `${String(field)}: ${text}`
}

/** `{name: ["is taken"]}`, the form of several frameworks. */
function fieldTexts(value: JsonObject, depth: number): string {
  if (depth === 0) return ''
  const texts = Object.entries(value).slice(0, 3).map(([name, child]) => [name, textOf(child, depth + 1)] as const)
  return texts.filter(([, text]) => text !== '').map(([name, text]) => `${name}: ${text}`).join('; ')
}

function bounded(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line
}

/** Whether a refusal says that the object is there already. */
export function saysExists(response: HttpResponse): boolean {
  return /already (?:exist|been taken|taken|in use|registered|defined|present)|duplicate|must be unique|not unique|is taken|name conflict/i.test(errorText(response))
}
