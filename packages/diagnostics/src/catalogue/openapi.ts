import type { Catalogue } from './entry.js'

const READING = {
  OAS0001: {
    severity: 'error',
    reason: 'DocumentEmpty',
    message: 'the document is empty, expected an OpenAPI document in JSON or YAML',
    help: 'check that the source holds the document under the name that `oasPath` gives',
    explain: `The source answered, and what it answered has no content: no bytes, only white space, or only comments.

Usual causes: a ConfigMap key that was created before its content (\`--from-literal=openapi.yaml=\`), a CI step that wrote an empty file,
a download that was cut before its first byte. Look at the bytes: \`kubectl get configmap <name> -o jsonpath='{.data.<key>}' | head\`.`,
  },
  OAS0002: {
    severity: 'error',
    reason: 'DocumentNotText',
    message: 'the document is {found}, expected JSON or YAML text',
    help: '{advice}',
    explain: `OpenAPI documents are text. These bytes begin like something else: an archive, an image, a PDF, or plain binary data.

A document that is compressed with gzip may be stored in \`binaryData\` of a ConfigMap, or be served with \`Content-Encoding: gzip\`;
archives of several files (zip, tar) must be unpacked first, and the main document named.`,
  },
  OAS0003: {
    severity: 'error',
    reason: 'DocumentIsWebPage',
    message: 'the source answers with an HTML page{title}, expected an OpenAPI document',
    help: 'use the address of the raw document, not of a page that shows it; for a login page give `document.credentialsRef`',
    explain: `Somebody who opens this address in a browser sees a page; a program needs the JSON or YAML behind it.

- On GitHub use \`github://owner/repo/path@ref\`, or the address behind the button **Raw**.
- Documentation pages (Swagger UI, Redoc, Scalar) load the document from another address: look for \`openapi.json\`, \`swagger.json\`
or \`/v3/api-docs\`   in the network view of the browser.
- A login page means that the server wants credentials: name a Secret in \`document.credentialsRef\`.`,
  },
  OAS0004: {
    severity: 'error',
    reason: 'DocumentIsOtherMarkup',
    message: 'the document is XML ({found}), expected an OpenAPI document in JSON or YAML',
    help: '{advice}',
    explain: `WSDL, WADL, OData metadata and other XML descriptions are not OpenAPI. Converters exist for most of them; what they make
must be checked by somebody who knows the API. An XML error answer of a storage service (\`<Error><Code>AccessDenied\`) means that the
address or the credentials are wrong.`,
  },
  OAS0005: {
    severity: 'error',
    reason: 'DocumentTooLarge',
    message: 'the document has {size} bytes, the limit is {limit}',
    help: 'raise the limit of the provider (`--document-max-bytes`), or cut the document to the paths that are needed',
    explain: `Reading a document takes memory of several times its size, so there is a limit, 32 MiB unless configured. The largest
documents that we know (Microsoft Graph beta) have 47 MB. Tools that filter a document by path or tag make it a hundred times smaller.`,
  },
  OAS0006: {
    severity: 'warning',
    reason: 'DocumentNotUtf8',
    message: 'the document holds bytes that are no UTF-8; they are read as `\uFFFD`',
    help: 'save the document as UTF-8',
    explain: `JSON and YAML are UTF-8. A file that was saved in an older encoding (Latin-1, Windows-1252) usually differs only in
accented letters of descriptions, so it is read all the same, and each broken byte becomes the replacement character. If the place is
in a name or a value that counts, it will not be what the author wrote.`,
  },
  OAS0010: {
    severity: 'error',
    reason: 'DocumentSyntax',
    message: 'the JSON of the document is broken: {problem}',
    help: '{advice}',
    explain: `The place that is shown is the first at which the text cannot be JSON any more; what has to be corrected stands there or
shortly before.

Frequent causes: a comma too many or too few, a quote that is not closed, a text that was cut at the end of a download, a merge
conflict that was committed.`,
  },
  OAS0011: {
    severity: 'error',
    reason: 'DocumentSyntax',
    message: 'the YAML of the document is broken: {problem}',
    help: '{advice}',
    explain: `The place that is shown is the first at which the text cannot be YAML any more; what has to be corrected stands there or
on a line before.

Frequent causes: indentation with tabs, a text that holds \`: \` or \` #\` and needs quotes, a line that is indented less than its
neighbours, a quote that is not closed.`,
  },
  OAS0012: {
    severity: 'warning',
    reason: 'DocumentSyntaxLenient',
    message: 'the document is not quite JSON, and was read as YAML: {problem}',
    help: '{advice}',
    explain: `The text begins like JSON and breaks its rules in a way that YAML allows: a comma after the last element, a comment, a
text without quotes. We go on, because the meaning is clear; other tools will refuse the document.`,
  },
  OAS0013: {
    severity: 'warning',
    reason: 'DuplicateKey',
    message: '`{key}` stands twice in the same object; the last one counts',
    help: 'remove one of the two',
    explain: `JSON and YAML leave open, or forbid, what two members of the same name mean. Most programs take the last and never tell,
so half of what the author wrote is lost in silence. We do the same and tell.`,
  },
  OAS0014: {
    severity: 'error',
    reason: 'DocumentTooDeep',
    message: 'arrays and objects nest deeper than {limit} levels',
    help: 'the deepest real documents have about 35 levels: look at how this one was made',
    explain: `A limit on nesting keeps a document from exhausting the stack of a program. It is far above everything that was seen in
3,300 real documents, so a document that meets it was made by a broken generator, or to break something.`,
  },
  OAS0015: {
    severity: 'error',
    reason: 'AliasExpansion',
    message: 'the aliases of the YAML document expand to more than {limit} nodes',
    help: 'replace aliases (`*name`) of aliases by `$ref`',
    explain: `Each alias stands for a copy of what its anchor marks. A few lines of aliases of aliases stand for billions of nodes
("billion laughs"), which no program survives that walks through them. The document is refused before anybody does.`,
  },
  OAS0016: {
    severity: 'error',
    reason: 'AliasCycle',
    message: 'an alias stands inside of what its own anchor marks, so the value would contain itself',
    help: 'use `$ref` for schemas that refer to themselves',
    explain: `YAML can write a value that contains itself; JSON, and so OpenAPI, cannot. A recursive schema refers to itself by
\`$ref: '#/components/schemas/Name'\`.`,
  },
  OAS0017: {
    severity: 'notice',
    reason: 'ControlCharacters',
    message: 'the document holds control characters that YAML forbids; they are read as spaces',
    help: 'remove the character {character}',
    explain: `Descriptions that were copied from a terminal or a word processor sometimes carry invisible control characters. YAML
forbids them, and strict parsers refuse the whole document for one of them.`,
  },
  OAS0018: {
    severity: 'warning',
    reason: 'SeveralDocuments',
    message: 'the file holds {count} YAML documents; number {chosen} is used',
    help: 'keep one document per file',
    explain: `Documents in one file are separated by a line \`---\`. The first that has a member \`openapi\` or \`swagger\` is used,
the others are ignored.`,
  },
  OAS0019: {
    severity: 'error',
    reason: 'TemplateNotRendered',
    message: 'the document is a template that was not rendered: it holds `{found}`',
    help: 'render it first: `helm template <chart> --show-only <file>`, and use the output',
    explain: `Charts often carry an OpenAPI document as a template, with \`{{ … }}\` where values of the chart come in. Such a file is
no YAML until Helm has filled it. Render the chart, and use what comes out.`,
  },
  OAS0020: {
    severity: 'error',
    reason: 'NotAnOpenApiDocument',
    message: 'the document is {found}, expected an object with a member `openapi` or `swagger`',
    help: 'check that the source names the OpenAPI document itself',
    explain: `An OpenAPI document is one object. A list, a number or a plain text is something else: a file list, an error message, a
document that was put into quotes by a tool that should have put in the object.`,
  },
  OAS0021: {
    severity: 'error',
    reason: 'NotAnOpenApiDocument',
    message: 'this is {found}, not an OpenAPI document',
    help: '{advice}',
    explain: `The content was recognised as a description of another kind. Most can be converted to OpenAPI, or the tool that wrote it
can export OpenAPI as well; the help under the finding says how.`,
  },
  OAS0022: {
    severity: 'error',
    reason: 'VersionMissing',
    message: 'the document has neither `openapi` nor `swagger`, so it does not say which version it is; it has {members}',
    help: 'the first line of an OpenAPI document is like `openapi: 3.0.3`',
    explain: `Every OpenAPI document names its version, 2.0 documents as \`swagger: "2.0"\`, later ones as \`openapi: 3.0.3\`. Without
that, the content could mean anything; an error answer of a server (\`{"message": "Not Found"}\`) is the most frequent case.`,
  },
  OAS0023: {
    severity: 'error',
    reason: 'VersionUnsupported',
    message: '`{member}: {version}` is not supported, expected `swagger: "2.0"`, or `openapi` with 3.0, 3.1 or 3.2',
    help: '{advice}',
    explain: `OpenAPI 2.0 (Swagger), 3.0 and 3.1 are read; 3.2 is read by the rules of 3.1. Older descriptions (Swagger 1.2) must be
converted, versions that do not exist are mistakes: other tools would refuse them too.`,
  },
  OAS0024: {
    severity: 'notice',
    reason: 'VersionUnquoted',
    message: 'the version `{version}` is a number, expected a text; it is read as {meaning}',
    help: 'put the version into quotes: `{member}: "{meaning}"`',
    explain: `In YAML \`swagger: 2.0\` without quotes is the number two. The meaning is clear, so the document is read; strict tools
refuse it.`,
  },
  OAS0025: {
    severity: 'notice',
    reason: 'VersionReadAs',
    message: 'OpenAPI {version} is read by the rules of 3.1',
    explain: `OpenAPI 3.2 adds to 3.1 without changing it. What it adds and resources can use (the QUERY method, further operations) is
read; streaming media types and the like are not.`,
  },
  OAS0026: {
    severity: 'error',
    reason: 'PathsMalformed',
    message: '`paths` is {found}, expected an object whose keys are paths such as `/pets`',
    help: 'write each path as a key: `/pets:` instead of `- path: /pets`',
    explain: `In OpenAPI \`paths\` is a map from path to Path Item. A list of paths is what some generators and hand-written drafts
have; no tool can know what its elements mean.`,
  },
  OAS0027: {
    severity: 'warning',
    reason: 'PathsMissing',
    message: 'the document has no paths, so it offers no operation',
    help: 'a document that only holds components can be referred to by others, but a RestDefinition needs one with operations',
    explain: `OpenAPI 3.1 allows documents with components or webhooks alone. A RestDefinition names paths, and here there are none.
Perhaps the main document is another file that refers to this one.`,
  },
} as const satisfies Catalogue

const SOURCES = {
  OAS0101: {
    severity: 'error',
    reason: 'SourceMalformed',
    message: 'the source is empty, expected something like `configmap://namespace/name/key` or `https://…`',
    help: 'set `oasPath` to the place of the OpenAPI document',
    explain: `\`oasPath\` tells where the OpenAPI document is. See the forms under OAS0102.`,
  },
  OAS0102: {
    severity: 'error',
    reason: 'SourceMalformed',
    message: '`{source}` is no known kind of source{guess}',
    help: 'the kinds are configmap, secret, https, http, oci, github and file: such as `configmap://namespace/name/key`',
    explain: `A source is written as an address:

| form | where |
|---|---|
| \`configmap://namespace/name/key\` | a key of a ConfigMap; gzip in \`binaryData\` is unpacked |
| \`secret://namespace/name/key\` | a key of a Secret |
| \`http://…\`, \`https://…\` | a web server; asked again with ETag or Last-Modified |
| \`oci://registry/repository:tag\`, \`…@sha256:…\`, \`…#file\` | an OCI artifact |
| \`github://owner/repo/path@ref\` | a file in a repository |
| \`file://path\` or a plain path | a local file, in the command line program only |`,
  },
  OAS0103: {
    severity: 'error',
    reason: 'SourceMalformed',
    message: 'invalid {kind} source `{source}`: {problem}',
    help: 'write it as `{form}`',
    explain: `The kind of source is known, but the address does not have its form. The page of OAS0102 lists the forms.

In \`configmap://namespace/name/key\` all three parts are needed; a key of a ConfigMap has no slash.`,
  },
  OAS0104: {
    severity: 'error',
    reason: 'SourceHasCredentials',
    message: 'the address of the source holds a password, which would be seen by everybody who may read the RestDefinition',
    help: 'put user and password into a Secret and name it in `document.credentialsRef`',
    explain: `\`https://user:password@host/…\` puts a secret into a place that is stored, printed and logged. Secrets are named, never
written.`,
  },
} as const satisfies Catalogue

const REFERENCES = {
  OAS0201: {
    severity: 'error',
    reason: 'ReferenceDangling',
    message: '`{reference}` refers to nothing: {problem}',
    help: '{advice}',
    explain: `A \`$ref\` names a place that is not there. Often the component was renamed or removed and this reference forgotten, or
the name differs in upper and lower case. Only what a RestDefinition uses is followed, so a dangling reference elsewhere in the
document does no harm.

An overlay cures a document that is not yours: give the component, or replace the place that refers to it.`,
  },
  OAS0202: {
    severity: 'error',
    reason: 'ReferenceCycle',
    message: '`{reference}` leads back to itself through references alone, so it means nothing',
    help: 'one of the places on the way must hold a description instead of a `$ref`',
    explain: `A schema may contain itself in a property or an element: that is recursion, and fine. A chain of references that only
refer to each other has no end and no content.`,
  },
  OAS0203: {
    severity: 'error',
    reason: 'ReferenceNotLoaded',
    message: '`{reference}` refers to the document `{uri}`, which was not loaded',
    help: 'make the document reachable from where this one is, or put both into one file',
    explain: `The document consists of several files, and this one could not be loaded, or may not be: other files are loaded from the
same origin as the main document unless more is allowed. For a ConfigMap or Secret all files must be keys of the same object; a
reference \`./common.yaml\` names the key \`common.yaml\`.`,
  },
  OAS0204: {
    severity: 'error',
    reason: 'ReferenceMalformed',
    message: 'the `$ref` is {found}, expected a text such as `#/components/schemas/Name`',
    help: '{advice}',
    explain: `A \`$ref\` is a text: the address of a document (none for the same one), \`#\`, and a JSON Pointer, in which \`/\` is
written \`~1\` and \`~\` is written \`~0\`.`,
  },
} as const satisfies Catalogue

const OPERATIONS = {
  OAS0301: {
    severity: 'error',
    reason: 'PathNotFound',
    message: 'the document has no path `{path}`{near}',
    help: '{advice}',
    explain: `The path of a verb must be a key of \`paths\` in the document, letter for letter, with the names of its parameters. The
path of a server (\`servers[].url\`) is not part of it.

The nearest paths are shown under the finding; where one differs only in the names of parameters, \`oasgen validate --fix\` writes it
into the definition.`,
  },
  OAS0302: {
    severity: 'error',
    reason: 'MethodNotFound',
    message: 'the path `{path}` has no method {method}, it has {methods}',
    help: '{advice}',
    explain: `The path is in the document, but not with this method. APIs differ in which method updates (PUT, PATCH, POST); the
document says which this one has.`,
  },
  OAS0303: {
    severity: 'error',
    reason: 'OperationMalformed',
    message: '{what} is {found}, expected {expected}',
    help: 'correct the document, or replace the place by an overlay',
    explain: `The document has at this place something of another kind than OpenAPI asks for. Only places that a RestDefinition uses
are looked at.`,
  },
  OAS0304: {
    severity: 'warning',
    reason: 'PartIgnored',
    message: '{what} is ignored: {problem}',
    help: 'correct the document, or replace the place by an overlay',
    explain: `A part of the operation has a form that cannot be used, and the operation can be used without it.`,
  },
  OAS0305: {
    severity: 'warning',
    reason: 'PathParameterUndeclared',
    message: 'the path uses `{parameter}`, but no parameter of that name is declared; it is taken for a text',
    help: 'declare it in the document, or by an overlay: `{declaration}`',
    explain: `Each name in braces of a path needs a parameter with \`in: path\`. Without it the type is unknown. It is read as a
required text, which is right for nearly all real APIs.`,
  },
  OAS0306: {
    severity: 'notice',
    reason: 'PathParameterUnused',
    message: 'the parameter `{parameter}` is declared with `in: path`, but the path has no such braces; it is ignored{near}',
    explain: `A path parameter that has no place in the path can be given no value. Usually the name differs in case or spelling from
the one in the path.`,
  },
  OAS0307: {
    severity: 'notice',
    reason: 'DuplicateOperationId',
    message: 'the operationId `{id}` is used by several operations: {operations}',
    explain: `Operation ids should be unique. Resources are described by path and method, so nothing is ambiguous here; generators of
client code will stumble.`,
  },
  OAS0308: {
    severity: 'warning',
    reason: 'ServerUnresolved',
    message: 'the server `{server}` {problem}',
    help: '{advice}',
    explain: `Variables of a server take their defaults. Without a default, or with an address that is none, requests could not be
sent. \`document.servers\` of the RestDefinition replaces the servers of the document, and \`baseURL\` of a Configuration replaces them
for its resources.`,
  },
  OAS0309: {
    severity: 'warning',
    reason: 'SecuritySchemeUndefined',
    message: 'the operation asks for the security scheme `{scheme}`, which the document does not define{near}',
    help: 'define it under `document.securitySchemes` of the RestDefinition, in the form of OpenAPI',
    explain: `\`security\` names schemes that \`components.securitySchemes\` (2.0: \`securityDefinitions\`) must define. A name without
definition says nothing about how to authenticate.`,
  },
  OAS0310: {
    severity: 'warning',
    reason: 'SecuritySchemeUnusable',
    message: 'the security scheme `{scheme}` cannot be used: {problem}',
    help: 'define it under `document.securitySchemes` of the RestDefinition, in the form of OpenAPI',
    explain: `A security scheme needs its \`type\` (http, apiKey, oauth2, openIdConnect, mutualTLS), and by type the name of a header,
the scheme of HTTP authentication, or the addresses of its flows.`,
  },
  OAS0311: {
    severity: 'notice',
    reason: 'StyleReplaced',
    message: 'the style of the parameter `{parameter}` is {style}, which {problem}; `{used}` is used',
    explain: `OpenAPI allows for each location (path, query, header, cookie) certain styles only, and some formats of Swagger 2.0
(\`tsv\`) have no successor.`,
  },
  OAS0312: {
    severity: 'warning',
    reason: 'SeveralBodies',
    message: 'the operation declares {count} body parameters ({names}), and a request has one body; it is read as any of them',
    help: 'correct the document, or say with `document.overlays` which one is meant',
    explain: `Swagger 2.0 allows one parameter with \`in: body\`. Some generators write several, one for each form that the request may take. They are read
as alternatives, so a resource has the fields of all of them.`,
  },
} as const satisfies Catalogue

const SCHEMAS = {
  OAS0401: {
    severity: 'warning',
    reason: 'TypeUnknown',
    message: '`type: {type}` is no type of OpenAPI; {consequence}',
    help: 'an overlay can set it: string, number, integer, boolean, object or array',
    explain: `Types such as \`any\`, \`date\`, \`float\`, \`file\` or \`String\` come from other languages. Where the meaning is clear
it is used; else the field is left without a type.`,
  },
  OAS0402: {
    severity: 'error',
    reason: 'SchemaMalformed',
    message: 'the schema is {found}, expected an object',
    help: 'correct the document, or replace the place by an overlay',
    explain: `A schema is an object (in 3.1 also \`true\` or \`false\`). A text or a list at its place is a slip, often of indentation:
the line that should be inside became the value.`,
  },
  OAS0403: {
    severity: 'warning',
    reason: 'KeywordMalformed',
    message: '`{keyword}` is {found}, expected {expected}; it is ignored',
    help: 'correct the document, or replace the place by an overlay',
    explain: `The value of this keyword has another kind than its definition asks for, so it says nothing.`,
  },
  OAS0404: {
    severity: 'error',
    reason: 'TooManyNodes',
    message: 'more than {limit} schemas are reached from the operations that are used',
    help: 'raise the limit, or cut the document to what is needed',
    explain: `The schemas that one resource reaches are counted, because everything later takes time and memory for each. The limit is
far above what real resources need.`,
  },
} as const satisfies Catalogue

const OVERLAYS = {
  OAS0501: {
    severity: 'error',
    reason: 'OverlayMalformed',
    message: 'the overlay is not usable: {problem}',
    help: 'an overlay has `overlay: 1.0.0`, `info`, and `actions`: a list of objects with `target` and `update` or `remove`',
    explain: `OpenAPI Overlay 1.0 describes changes to a document: a list of actions, each with a JSONPath \`target\` (RFC 9535) and
either \`update\` (merged into each object, appended to each list that the target finds) or \`remove: true\`.`,
  },
  OAS0502: {
    severity: 'warning',
    reason: 'OverlayTargetEmpty',
    message: 'the target `{target}` matches nothing, so this action changes nothing',
    help: '{advice}',
    explain: `Either the document changed, and the action is not needed any more, or the target has a slip. Paths of OpenAPI contain
slashes and braces and need brackets and quotes in JSONPath: \`$.paths['/pets/{id}'].get\`.`,
  },
  OAS0503: {
    severity: 'error',
    reason: 'OverlayTargetMalformed',
    message: 'the target `{target}` is no JSONPath: {problem}',
    help: '{advice}',
    explain: `Targets are JSONPath as RFC 9535 defines it: \`$\` is the document, \`.name\` or \`['any name']\` a member, \`[0]\` an
element, \`[*]\` all of them, \`..\` any depth, \`[?@.deprecated == true]\` those that fulfil a condition.`,
  },
  OAS0504: {
    severity: 'error',
    reason: 'OverlayActionMalformed',
    message: 'the action {problem}',
    help: 'an action has a `target`, and either `update` or `remove: true`',
    explain: `The target of \`update\` must be an object or a list; to replace a plain value, target the object around it. \`remove\`
cannot remove the document itself.`,
  },
  OAS0505: {
    severity: 'notice',
    reason: 'OverlayForOther',
    message: 'the overlay extends `{extends}`, and is applied to `{uri}`',
    explain: `An overlay may name the document that it was written for. It is applied where the RestDefinition names it, so a
difference is only told.`,
  },
} as const satisfies Catalogue

/** Findings about the OpenAPI document and its sources. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const OAS = { ...READING, ...SOURCES, ...REFERENCES, ...OPERATIONS, ...SCHEMAS, ...OVERLAYS } as const satisfies Catalogue
