import { choice, integer, type Node, object, type Rule, text } from './node.js'
import type { JsonObject } from '@oasgen/json'

const TYPES = ['continuationToken', 'pageNumber', 'offset', 'linkHeader', 'nextUrl']

const OURS = { since: 'oasgen 0.1' } as const
const LATER = { since: 'reference 0.25' } as const

const maxPages = (extras: object): Node =>
  integer(
    'How many pages a search may walk. Beyond it the answer is unknown, never absent.',
    { minimum: 1, maximum: 1000, fallback: 100, ...extras },
  )

const pageSize = {
  pageSize: integer('How many items to ask for per page.', { minimum: 1, ...LATER }),
  sizeIn: choice(['query', 'body'], 'Where the page size goes.', { fallback: 'query', ...LATER }),
  sizePath: text('Name of the query parameter, or path of the body field, for the page size.', LATER),
}

const REQUEST_PLACES = ['query', 'header', 'body']
const RESPONSE_PLACES = ['header', 'body']

function place(choices: readonly string[], what: string): Readonly<Record<string, Node>> {
  return {
    tokenIn: choice(choices, `Where the ${what} is.`),
    tokenPath: text(`Name of the query parameter or header, or path of the body field, of the ${what}.`),
  }
}

const sizeNamed: Rule = {
  cel: '!has(self.pageSize) || has(self.sizePath)',
  message: 'sizePath must be set when pageSize is',
  holds: (value) => value['pageSize'] === undefined || value['sizePath'] !== undefined,
}

const continuationToken = object(
  {
    maxPages: maxPages(OURS),
    request: object({ ...place(REQUEST_PLACES, 'token in the request'), ...pageSize }, 'How the token is sent.', {
      required: ['tokenIn', 'tokenPath'],
      rules: [sizeNamed],
    }),
    response: object(
      place(RESPONSE_PLACES, 'token in the response'),
      'Where the next token is found.',
      { required: ['tokenIn', 'tokenPath'] },
    ),
  },
  "Configuration for 'continuationToken' pagination. Required if type is 'continuationToken'.",
  { required: ['request', 'response'] },
)

const oneEnd: Rule = {
  cel: '!(has(self.header) && has(self.body))',
  message: 'declare at most one of header or body',
  holds: (value) => !(value['header'] !== undefined && value['body'] !== undefined),
}

const oneTotal: Rule = {
  cel: '(has(self.totalPagesPath) ? 1 : 0) + (has(self.totalItemsPath) ? 1 : 0) == 1',
  message: 'declare exactly one of totalPagesPath or totalItemsPath',
  holds: (value) => (value['totalPagesPath'] !== undefined) !== (value['totalItemsPath'] !== undefined),
}

const lastPage = object(
  {
    header: object(
      { name: text('Name of the header.'), matches: text('The last page is the one whose header holds this text.') },
      'The last page is known by a header.',
      { required: ['name', 'matches'] },
    ),
    body: object(
      {
        totalPagesPath: text('Path of the number of pages.'),
        totalItemsPath: text('Path of the number of all items.'),
      },
      'The last page is known by a total.',
      { rules: [oneTotal] },
    ),
  },
  'How the last page is recognised. Without it the walk ends at the first page that brings no item.',
  { rules: [oneEnd] },
)

const pageNumber = object(
  {
    maxPages: maxPages(LATER),
    request: object(
      {
        pageIn: choice(REQUEST_PLACES, 'Where the page number goes.'),
        pagePath: text('Name of the query parameter or header, or path of the body field, of the page number.'),
        startPage: integer('Number of the first page.', { minimum: 0, fallback: 1 }),
        ...pageSize,
      },
      'How the page number is sent.',
      { required: ['pageIn', 'pagePath'], rules: [sizeNamed] },
    ),
    response: lastPage,
  },
  "Configuration for 'pageNumber' pagination. Required if type is 'pageNumber'.",
  { required: ['request'], ...LATER },
)

const offset = object(
  {
    maxPages: maxPages(OURS),
    request: object(
      {
        offsetIn: choice(REQUEST_PLACES, 'Where the offset goes.'),
        offsetPath: text('Name of the query parameter or header, or path of the body field, of the offset.'),
        step: integer('How far the offset moves per page. Absent: by the number of items that the page brought.', { minimum: 1 }),
        ...pageSize,
      },
      'How the offset is sent.',
      { required: ['offsetIn', 'offsetPath'], rules: [sizeNamed] },
    ),
    response: lastPage,
  },
  "Configuration for 'offset' pagination. Required if type is 'offset'.",
  { required: ['request'], ...OURS },
)

const sizeRequest = object(pageSize, 'The page size.', { rules: [sizeNamed] })

const linkHeader = object(
  { maxPages: maxPages(OURS), request: sizeRequest },
  "Limits for 'linkHeader' pagination: the URL with rel=next of the Link header (RFC 8288) is followed.",
  OURS,
)

const nextUrl = object(
  {
    maxPages: maxPages(OURS),
    request: sizeRequest,
    response: object(place(RESPONSE_PLACES, 'URL of the next page'), 'Where the URL of the next page is found.', {
      required: ['tokenIn', 'tokenPath'],
    }),
  },
  "Configuration for 'nextUrl' pagination. Required if type is 'nextUrl'.",
  { required: ['response'], ...OURS },
)

const block = (type: string): Rule => ({
  cel: `self.type == '${type}' ? has(self.${type}) : true`,
  message: `${type} configuration must be provided when type is '${type}'`,
  holds: (value: JsonObject) => value['type'] !== type || value[type] !== undefined,
})

const noOther: Rule = {
  cel: TYPES.map((type) => `(self.type == '${type}' || !has(self.${type}))`).join(' && '),
  message: 'only the block that type names can be set',
  holds: (value) => TYPES.every((type) => value['type'] === type || value[type] === undefined),
}

export function pagination(): Node {
  const properties = { type: choice(TYPES, 'How the list is paged.'), continuationToken, pageNumber, offset, linkHeader, nextUrl }
  return object(properties, "How the list of a 'findby' action is paged. Without it one page is read.", {
    required: ['type'],
    rules: [block('continuationToken'), block('pageNumber'), block('offset'), block('nextUrl'), noOther],
  })
}
