import type { Proposal } from './propose.js'

export interface WriteOptions {
  readonly oasPath: string
  readonly group: string
}

/** A RestDefinition as people would write it: commented, valid, ready to apply. */
export function definitionText(proposal: Proposal, { oasPath, group }: WriteOptions): string {
  return [
    ...proposal.notes.map((note) => `# ${note}`),
    'apiVersion: ogen.krateo.io/v1alpha1', 'kind: RestDefinition', 'metadata:', `  name: ${dashed(proposal.kind)}`,
    'spec:', `  oasPath: ${quoted(oasPath)}`, `  resourceGroup: ${group}`, '  resource:', `    kind: ${proposal.kind}`,
    '    # carry the constraints of the document', '    schema: strict',
    ...(proposal.identifiers.length === 0 ? [] : ['    # how an object is found again in the list', `    identifiers: [${proposal.identifiers.map(quoted).join(', ')}]`]),
    ...(proposal.additionalStatusFields.length === 0 ? [] : [`    additionalStatusFields: [${proposal.additionalStatusFields.map(quoted).join(', ')}]`]),
    '    verbsDescription:',
    ...verbLines(proposal),
    '',
  ].join('\n')
}

function verbLines(proposal: Proposal): readonly string[] {
  const order = ['findby', 'get', 'create', 'update', 'delete'] as const
  return order.flatMap((action) => {
    const verb = proposal.verbs[action]
    if (verb === undefined) return []
    return [`    - action: ${action}`, `      method: ${verb.method}`, `      path: ${quoted(verb.path)}`, ...extraLines(proposal, action)]
  })
}

function extraLines(proposal: Proposal, action: string): readonly string[] {
  if (action === 'findby') return [...(proposal.itemsPath === undefined ? [] : [`      itemsPath: ${quoted(proposal.itemsPath)}`]), ...pagingLines(proposal)]
  const mapping = action === 'create' && proposal.shape === 'collection' ? [] : mappingLines(proposal, action)
  return action === 'update' && proposal.updateMode !== undefined ? [...mapping, '      body: {mode: changed}'] : mapping
}

// The path calls the id differently than the answers do.
function mappingLines({ idParameter, idField, shape }: Proposal, action: string): readonly string[] {
  if (idParameter === undefined || idField === undefined || idParameter === idField || shape === 'nameKeyed' || shape === 'singleton' || action === 'create') return []
  return ['      fieldMapping:', `      - {inPath: ${quoted(idParameter)}, inCustomResource: ${quoted(`status.${idField}`)}}`]
}

function pagingLines({ pagination }: Proposal): readonly string[] {
  switch (pagination?.type) {
    case undefined: return []
    case 'linkHeader': return ['      pagination: {type: linkHeader}']
    case 'nextUrl': return ['      pagination:', '        type: nextUrl', `        nextUrl: {response: {tokenIn: body, tokenPath: ${quoted(pagination.path)}}}`]
    case 'pageNumber': return ['      pagination:', '        type: pageNumber', `        pageNumber: {request: {pageIn: query, pagePath: ${quoted(pagination.parameter)}}}`]
    case 'offset': return ['      pagination:', '        type: offset', `        offset: {request: {offsetIn: query, offsetPath: ${quoted(pagination.parameter)}}}`]
    case 'continuationToken':
      return [
        '      pagination:', '        type: continuationToken', '        continuationToken:',
        `          request: {tokenIn: query, tokenPath: ${quoted(pagination.parameter)}}`, `          response: {tokenIn: body, tokenPath: ${quoted(pagination.token)}}`,
      ]
  }
}

export function dashed(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}

/** Quoted only where YAML would read something else. */
function quoted(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|~)$/i.test(text) ? text : `'${text.replaceAll("'", "''")}'`
}
