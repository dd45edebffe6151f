import { isArray, isNumber, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { parseRequestUri } from '@oasgen/expressions'
import { textOf } from './judge-columns.js'
import { checkLabel1035, checkSubdomain } from '@oasgen/expressions'
import { childPath, forbidden, indexPath, invalid, notSupported, required, type Violation } from './violation.js'

/** `spec.conversion`; absent means strategy None. */
export function judgeConversion(conversion: JsonObject | undefined, path: string): readonly Violation[] {
  if (conversion === undefined) return []
  const strategy = textOf(conversion, 'strategy')
  const webhook = member(conversion, 'webhook')
  const violations = judgeStrategy(strategy, childPath(path, 'strategy'))
  const rest = strategy === 'Webhook' ? judgeWebhook(isObject(webhook) ? webhook : {}, path) : judgeNoWebhook(isObject(webhook) ? webhook : {}, path)
  return [...violations, ...rest]
}

function judgeStrategy(strategy: string, path: string): readonly Violation[] {
  const known = ['None', 'Webhook']
  if (strategy === '') return [required(path)]
  return known.includes(strategy) ? [] : [notSupported(path, strategy, known)]
}

function judgeNoWebhook(webhook: JsonObject, path: string): readonly Violation[] {
  const sentence = 'should not be set when strategy is not set to Webhook'
  const versions = member(webhook, 'conversionReviewVersions')
  return [
    ...(isObject(member(webhook, 'clientConfig')) ? [forbidden(childPath(path, 'webhookClientConfig'), sentence)] : []),
    ...(isArray(versions) && versions.length > 0 ? [forbidden(childPath(path, 'conversionReviewVersions'), sentence)] : []),
  ]
}

function judgeWebhook(webhook: JsonObject, path: string): readonly Violation[] {
  const client = member(webhook, 'clientConfig')
  const place = childPath(path, 'webhookClientConfig')
  const violations = isObject(client) ? judgeClient(client, place) : [required(place, 'required when strategy is set to Webhook')]
  return [...violations, ...judgeReviewVersions(member(webhook, 'conversionReviewVersions'), childPath(path, 'conversionReviewVersions'))]
}

function judgeClient(client: JsonObject, path: string): readonly Violation[] {
  const [url, service] = [member(client, 'url'), member(client, 'service')]
  if ((typeof url === 'string') === isObject(service)) return [required(path, 'exactly one of url or service is required')]
  return isObject(service) ? judgeService(service, childPath(path, 'service')) : judgeUrl(typeof url === 'string' ? url : '', childPath(path, 'url'))
}

function judgeUrl(url: string, path: string): readonly Violation[] {
  const form = '; desired format: https://host[/path]'
  const parsed = parseRequestUri(url)
  const violations: Violation[] = []
  if (parsed?.scheme !== 'https') violations.push(invalid(path, parsed?.scheme ?? '', `'https' is the only allowed URL scheme${form}`))
  if ((parsed?.host ?? '') === '') violations.push(invalid(path, '', `host must be specified${form}`))
  if (parsed && parsed.rawQuery !== '') violations.push(invalid(path, parsed.rawQuery, 'query parameters are not permitted in the URL'))
  return violations
}

/** The server hands name and namespace over in each other's place, so an empty one is reported as the other. */
function judgeService(service: JsonObject, path: string): readonly Violation[] {
  const violations: Violation[] = []
  if (textOf(service, 'namespace') === '') violations.push(required(childPath(path, 'name')))
  if (textOf(service, 'name') === '') violations.push(required(childPath(path, 'namespace')))
  const port = member(service, 'port') ?? 443
  if (!isNumber(port) || Number(port) < 1 || Number(port) > 65535) {
    violations.push(invalid(childPath(path, 'port'), port, 'port is not valid: must be between 1 and 65535, inclusive'))
  }
  return [...violations, ...judgeServicePath(textOf(service, 'path'), childPath(path, 'path'))]
}

function judgeServicePath(text: string, path: string): readonly Violation[] {
  if (text === '' || text === '/') return []
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')]
  const violations = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")]
  const segments = text.slice(1).replace(/\/$/, '').split('/')
  return [...violations, ...segments.flatMap((segment, index) => {
    if (segment === '') return [invalid(path, text, `segment[${index}] may not be empty`)]
    return checkSubdomain(segment).map((complaint) => invalid(path, text, `segment[${index}]: ${complaint}`))
  })]
}

function judgeReviewVersions(value: JsonValue | undefined, path: string): readonly Violation[] {
  const versions = isArray(value) ? value.filter((item) => typeof item === 'string') : []
  if (versions.length === 0) return [required(path)]
  const violations = versions.flatMap((version, index) => {
    if (versions.indexOf(version) < index) return [invalid(indexPath(path, index), version, 'duplicate version')]
    return checkLabel1035(version).map((complaint) => invalid(indexPath(path, index), version, complaint))
  })
  if (versions.includes('v1') || versions.includes('v1beta1')) return violations
  return [...violations, invalid(path, versions, 'must include at least one of v1, v1beta1')]
}
