import { writeJson, type JsonValue } from '@oasgen/json'

/** What goes out. `middle`: half of the body, then the connection is cut; `huge`: more than anybody reads. */
export type Answer =
  | { readonly type: 'response'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly damage?: 'middle' | 'huge' }
  | { readonly type: 'hang' }

export type Response = Extract<Answer, { readonly type: 'response' }>

export function json(status: number, value?: JsonValue, headers: Readonly<Record<string, string>> = {}): Response {
  const isEmpty = value === undefined || status === 204 || status === 304
  return { type: 'response', status, headers: isEmpty ? headers : { 'content-type': 'application/json', ...headers }, body: isEmpty ? '' : writeJson(value) }
}

export function problem(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return json(status, { message }, headers)
}

export function page(status: number, title: string): Response {
  return { type: 'response', status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>` }
}
