import { anything, arrivedWith, choice, exactlyOne, list, neededFor, type Node, object, onlyWith, type Rule, text } from './node.js'

const REF = '^(configmap:\\/\\/([a-z0-9-]+)\\/([a-z0-9-]+)\\/([a-zA-Z0-9.\\-_]+)|https?:\\/\\/\\S+)$'

/** A jq program in place or by reference. gojq is the dialect. */
export function jqProgram(description: string): Node {
  return object(
    {
      inline: text('The program itself.', { maxLength: 65536 }),
      ref: text('Where the program is: configmap://<namespace>/<name>/<key> or http(s)://<url>.', { pattern: REF, maxLength: 2048 }),
      entrypoint: text('Name of the function to call in the module that ref names. Only with ref.', { maxLength: 256 }),
    },
    description,
    {
      since: 'reference 0.21',
      rules: [
        exactlyOne(['inline', 'ref'], 'Exactly one of inline or ref must be set'),
        onlyWith('entrypoint', 'ref', 'entrypoint can only be set together with ref'),
      ],
    },
  )
}

/** The reference's first form: request only. */
export function requestFieldMapping(): Node {
  const places = {
    inPath: text("Name of the path parameter. Only one of 'inPath', 'inQuery' or 'inBody' can be set."),
    inQuery: text("Name of the query parameter. Only one of 'inPath', 'inQuery' or 'inBody' can be set."),
    inBody: text("Name or path of the field of the body. Only one of 'inPath', 'inQuery' or 'inBody' can be set."),
    inCustomResource: text("Path of the value in the custom resource, for example 'spec.name' or 'status.metadata.id'."),
  }
  const item = object(places, 'Where one value of the request comes from.', {
    required: ['inCustomResource'],
    rules: [exactlyOne(['inPath', 'inQuery', 'inBody'], 'Either inPath, inQuery or inBody must be set, but not more than one')],
  })
  return list(item, 'Names for one thing that differ between request and custom resource. fieldMapping does the same and more.')
}

const valueMapping = object(
  {
    type: choice(['alias', 'jq'], 'alias: pairs of values, in both directions. jq: a program, for responses only.'),
    aliases: list(
      object(
        {
          customResourceValue: anything('The value as the custom resource has it.'),
          apiValue: anything('The value as the API has it.'),
        },
        'One pair.',
        { required: ['customResourceValue', 'apiValue'] },
      ),
      'Pairs for type alias. A value that stands in no pair goes through unchanged.',
      { maxItems: 256 },
    ),
    jq: jqProgram('The program for type jq; its input is the value.'),
  },
  'Translates the value on its way.',
  {
    required: ['type'],
    rules: [
      neededFor('type', 'alias', 'aliases', "aliases must be set when type is 'alias'"),
      neededFor('type', 'jq', 'jq', "jq must be set when type is 'jq'"),
    ],
  },
)

const resolver = object(
  {
    type: choice(['secretRef'], 'secretRef: the value is read from a Secret in the namespace of the resource.'),
    secretRef: object(
      {
        nameFromCustomResource: text("Path of the Secret's name in the custom resource, for example spec.credentialsRef.name."),
        keyFromCustomResource: text("Path of the Secret's key in the custom resource, for example spec.credentialsRef.key."),
      },
      'Where the custom resource names Secret and key.',
      { required: ['nameFromCustomResource', 'keyFromCustomResource'] },
    ),
  },
  'Fetches the value of a request from somewhere else than the custom resource.',
  { required: ['type'], rules: [neededFor('type', 'secretRef', 'secretRef', "secretRef must be set when type is 'secretRef'")] },
)

const PLACES = ['inPath', 'inQuery', 'inBody', 'inHeader', 'inResponse', 'inResponseHeader']
const RESPONSE = ['inResponse', 'inResponseHeader']

const requestOnly = (member: string): Rule => ({
  cel: `!has(self.${member}) || !(has(self.inResponse) || has(self.inResponseHeader))`,
  message: `${member} can only be set on a mapping of the request`,
  holds: (value) => value[member] === undefined || RESPONSE.every((name) => value[name] === undefined),
})

const responseOnly: Rule = {
  message: 'defaultIfAbsent can only be set on a mapping of the response',
  holds: (value) => value['defaultIfAbsent'] === undefined || RESPONSE.some((name) => value[name] !== undefined),
}

const jqOnlyOnResponse: Rule = {
  cel: "!has(self.valueMapping) || self.valueMapping.type != 'jq' || has(self.inResponse) || has(self.inResponseHeader)",
  message: "valueMapping of type 'jq' can only be set on a mapping of the response",
  holds: (value) => {
    const mapping = value['valueMapping']
    const jq = typeof mapping === 'object' && mapping !== null && (mapping as { type?: unknown }).type === 'jq'
    return !jq || RESPONSE.some((name) => value[name] !== undefined)
  },
}

const sourceNamed: Rule = {
  cel: 'has(self.inCustomResource) || has(self.value) || has(self.resolver)',
  message: 'One of inCustomResource, value or resolver must be set',
  holds: (value) => ['inCustomResource', 'value', 'resolver'].some((name) => value[name] !== undefined),
}

const oneSource: Rule = {
  cel: '!has(self.value) || (!has(self.inCustomResource) && !has(self.resolver))',
  message: 'value replaces inCustomResource and resolver; set only one of them',
  holds: (value) => value['value'] === undefined || (value['inCustomResource'] === undefined && value['resolver'] === undefined),
}

/** Since 0.21: requests and responses in one list. */
export function fieldMapping(): Node {
  const properties = {
    inPath: text('Name of the path parameter that is filled.'),
    inQuery: text('Name of the query parameter that is filled.'),
    inBody: text('Path of the field of the request body that is filled.'),
    inResponse: text('Path of the value in the response body; `[0]` or `[?key=value]` select one element of a list.'),
    inCustomResource: text('Path in the custom resource: the source of a request mapping, the destination of a response mapping.'),
    valueMapping,
    defaultIfAbsent: anything('Response only: what to assume when the API leaves the field out.'),
    resolver,
  }
  const ours = arrivedWith('oasgen 0.1', {
    inHeader: text('Name of the request header that is filled.'),
    inResponseHeader: text('Name of the response header that is read.'),
    value: text('CEL expression that computes the value of a request, instead of inCustomResource.', { maxLength: 4096 }),
  })
  const item = object({ ...arrivedWith('reference 0.21', properties), ...ours }, 'One value and its place on both sides.', {
    rules: [
      exactlyOne(PLACES, 'Exactly one of inPath, inQuery, inBody, inHeader, inResponse or inResponseHeader must be set'),
      sourceNamed, oneSource, requestOnly('resolver'), requestOnly('value'), responseOnly, jqOnlyOnResponse,
    ],
  })
  return list(item, 'Where values of requests come from and where values of responses go.', { since: 'reference 0.21', maxItems: 64 })
}
