import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject, type JsonObject } from '@oasgen/json'
import type { ServerPlan } from '@oasgen/plan'
import type { SealedText } from '@oasgen/wire'
import type { Pair } from './parameter-text.js'
import { escapeAll } from './parameter-text.js'
import { joinText } from './sealed-text.js'
import { textIn } from './resource.js'

/**
 * The address that a call goes to, without trailing slash. A Configuration's `baseURL` stands for the first server of the Plan;
 * an operation with a server of its own keeps it.
 */
export function serverUrl(servers: readonly ServerPlan[], index: number, configuration: JsonObject | undefined): string | Finding {
  const server = servers[index]
  const base = index === 0 && configuration !== undefined ? textIn(configuration, 'baseURL') : ''
  const template = base !== '' ? base : server?.url ?? ''
  const url = fillVariables(template, server, configuration)
  if (typeof url !== 'string') return url
  return /^https?:\/\/[^/?#\s]+/i.test(url) ? url : finding('ENG0103', { url: url === '' ? '(none)' : url })
}

function fillVariables(template: string, server: ServerPlan | undefined, configuration: JsonObject | undefined): string | Finding {
  if (!template.includes('{')) return template
  let problem: Finding | undefined
  const given = configuration?.['serverVariables']
  const url = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const variable = server?.variables?.[name]
    const value = (isObject(given) ? textIn(given, name) : '') || variable?.default
    if (value === undefined || !isVariableValue(value)) problem ??= finding('ENG0104', { name, value: value ?? '(none)' })
    else if (variable?.enum !== undefined && !variable.enum.includes(value)) problem ??= finding('ENG0104', { name, value })
    return value ?? ''
  })
  return problem ?? url
}

// A variable may hold several path segments or a host, never something that changes where the URL's parts begin.
function isVariableValue(value: string): boolean {
  return !/[?#@\s\\]/.test(value) && !value.split('/').some((segment) => segment === '..')
}

/** Server, path and query in one; a query of the server's own comes first. */
export function joinUrl(server: string, path: SealedText, query: readonly Pair[]): SealedText {
  const [base, own] = splitQuery(server)
  const pairs = query.map(({ name, value }) => joinText([`${name}=`, value]))
  const all = own === undefined || own === '' ? pairs : [own, ...pairs]
  const start = base.endsWith('/') ? base.slice(0, -1) : base
  if (all.length === 0) return joinText([start, path])
  return joinText([start, path, ...all.flatMap((pair, at) => [at === 0 ? '?' : '&', pair])])
}

function splitQuery(url: string): readonly [string, string | undefined] {
  const at = url.indexOf('?')
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)]
}

/** Adds or replaces one query value of a URL that is complete already (the next page of a walk). */
export function withQuery(url: SealedText, name: string, value: string): SealedText {
  const pair = `${escapeAll(name)}=${escapeAll(value)}`
  if (typeof url !== 'string') return joinText([url, url.some((piece) => typeof piece === 'string' && piece.includes('?')) ? '&' : '?', pair])
  const [base, query] = splitQuery(url)
  const others = (query ?? '').split('&').filter((part) => part !== '' && part.split('=')[0] !== escapeAll(name))
  return `${base}?${[...others, pair].join('&')}`
}

/** `https://api.example.com:8443` of an absolute URL, in lower case. */
export function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? ''
}

/** RFC 3986 resolution as far as answers need it: absolute, scheme-relative, absolute path, query alone, relative path. */
export function resolveUrl(base: string, reference: string): string {
  if (/^https?:\/\//i.test(reference)) return reference
  const scheme = /^https?:/i.exec(base)?.[0] ?? 'https:'
  if (reference.startsWith('//')) return scheme + reference
  const [path] = splitQuery(base.replace(/#.*$/, ''))
  if (reference.startsWith('/')) return originOf(base) + reference
  if (reference.startsWith('?')) return path + reference
  return path.replace(/\/[^/]*$/, '/') + reference
}

/** A path value may be anything but what moves the request elsewhere. */
export function unsafeSegment(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (/^(?:\.|%2e){1,2}$/i.test(text)) return 'it would move the request to another path'
  return /%(?:0[\dA-F]|1[\dA-F]|7F)/i.test(text) ? 'it holds control characters' : undefined
}
