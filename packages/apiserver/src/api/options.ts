import { badRequest, Failure, forbiddenField, invalid, invalidValue, notSupported, required, type FieldFault } from '../failure.js'
import type { ApiRequest, Tried } from '../request.js'

/** Query parameters as the API server reads them: unknown ones are ignored, malformed ones refused. */

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: FieldValidation
  readonly force: boolean | undefined
}

export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly watch: boolean
  readonly bookmarks: boolean
  readonly resourceVersion: string
  readonly match: '' | 'Exact' | 'NotOlderThan'
  readonly sendInitialEvents: boolean | undefined
  readonly limit: number
  readonly continue: string
  readonly timeoutSeconds: number | undefined
}

const first = (request: ApiRequest, name: string): string => request.query.get(name)?.[0] ?? ''

function meta(kind: string): { readonly group: string; readonly resource: string; readonly kind: string } {
  return { group: 'meta.k8s.io', resource: '', kind }
}

const MANAGER_LIMIT = 128

export function readWriteOptions(request: ApiRequest, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions', apply = false): Tried<WriteOptions> {
  const force = readBoolean(request, 'force')
  const manager = first(request, 'fieldManager')
  const dryRun = request.query.get('dryRun') ?? []
  const validation = first(request, 'fieldValidation')
  const faults: FieldFault[] = []
  if (apply && manager === '') faults.push(required('fieldManager', 'is required for apply patch'))
  if (kind === 'PatchOptions' && !apply && force !== undefined) faults.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  faults.push(...managerFaults(manager), ...dryRunFaults(dryRun))
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation)) faults.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']))
  if (faults.length > 0) return invalid(meta(kind), '', faults)
  return {
    dryRun: dryRun.length > 0, force, fieldManager: manager || managerOf(request),
    fieldValidation: validation === '' ? 'Warn' : validation as FieldValidation,
  }
}

function managerFaults(manager: string): readonly FieldFault[] {
  const unprintable = [...manager].findIndex((character) => /[\p{C}\u2028\u2029]/u.test(character))
  return [
    ...(manager.length > MANAGER_LIMIT ? [{ path: 'fieldManager', type: 'FieldValueTooLong' as const, message: `Too long: may not be more than ${MANAGER_LIMIT} bytes` }] : []),
    ...(unprintable >= 0 ? [invalidValue('fieldManager', manager, `should only contain printable characters, has ${JSON.stringify([...manager][unprintable])} at position ${unprintable}`)] : []),
  ]
}

export function dryRunFaults(values: readonly string[]): readonly FieldFault[] {
  const wrong = values.filter((value) => value !== 'All')
  return wrong.length === 0 ? [] : [notSupported('dryRun', wrong.length === 1 && values.length === 1 ? values : values, ['All'])]
}

/** Without a name the manager is the program that asks. */
function managerOf(request: ApiRequest): string {
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? ''
  return [...agent].filter((character) => !/[\p{C}]/u.test(character)).join('').slice(0, MANAGER_LIMIT) || 'unknown'
}

export function readListOptions(request: ApiRequest): Tried<ListOptions> {
  const watch = readBoolean(request, 'watch')
  const bookmarks = readBoolean(request, 'allowWatchBookmarks')
  const initial = readBoolean(request, 'sendInitialEvents')
  const limit = readInteger(request, 'limit')
  const timeout = readInteger(request, 'timeoutSeconds')
  if (limit instanceof Failure) return limit
  if (timeout instanceof Failure) return timeout
  const options: ListOptions = {
    labelSelector: first(request, 'labelSelector'), fieldSelector: first(request, 'fieldSelector'),
    watch: watch === true, bookmarks: bookmarks === true, resourceVersion: first(request, 'resourceVersion'),
    match: first(request, 'resourceVersionMatch') as ListOptions['match'],
    sendInitialEvents: initial, limit: limit ?? 0, continue: first(request, 'continue'),
    timeoutSeconds: timeout,
  }
  const faults = options.watch ? watchFaults(options) : listFaults(options)
  return faults.length > 0 ? invalid(meta('ListOptions'), '', faults) : options
}

const MATCH = 'resourceVersionMatch'

function listFaults(options: ListOptions): readonly FieldFault[] {
  const faults: FieldFault[] = []
  if (options.match !== '') {
    if (options.resourceVersion === '') faults.push(forbiddenField(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (options.continue !== '') faults.push(forbiddenField(MATCH, 'resourceVersionMatch is forbidden when continue is provided'))
    if (!['Exact', 'NotOlderThan'].includes(options.match)) faults.push(notSupported(MATCH, options.match, ['Exact', 'NotOlderThan', '']))
    if (options.match === 'Exact' && options.resourceVersion === '0') {
      faults.push(forbiddenField(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (options.sendInitialEvents !== undefined) faults.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return faults
}

function watchFaults(options: ListOptions): readonly FieldFault[] {
  const faults: FieldFault[] = []
  if (options.sendInitialEvents !== undefined && options.match !== 'NotOlderThan') {
    faults.push(forbiddenField(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  if (options.match !== '') {
    if (options.sendInitialEvents === undefined) faults.push(forbiddenField(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
    if (options.match !== 'NotOlderThan') faults.push(notSupported(MATCH, options.match, ['NotOlderThan']))
    if (options.continue !== '') faults.push(forbiddenField(MATCH, 'resourceVersionMatch is forbidden when continue is provided'))
  }
  return faults
}

/** Go's reading: `0`, `false`, in any case, are false; anything else is true. An empty value is true too. */
function readBoolean(request: ApiRequest, name: string): boolean | undefined {
  const values = request.query.get(name)
  if (values === undefined || values.length === 0) return undefined
  return !['false', '0'].includes((values[0] ?? '').toLowerCase())
}

function readInteger(request: ApiRequest, name: string): Tried<number | undefined> {
  const value = request.query.get(name)?.[0]
  if (value === undefined || value === '') return undefined
  if (!/^[+-]?\d+$/.test(value)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  return Number(value)
}
