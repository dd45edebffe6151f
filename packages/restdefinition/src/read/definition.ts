import { isObject, type JsonObject } from '@oasgen/json'
import type {
  ConfigurationField, ControllerSettings, DefinitionMetadata, DocumentCredentials, DocumentSettings, ExportSettings, OverlaySource,
  PolicySettings, ResourceDescription, RestDefinition,
} from '../definition.js'
import type { FieldNormalizer, FieldReference, FieldSettings } from '../field.js'
import { type Checked, choiceOf, compact, flagOf, numberOf, objectOf, objectsOf, openOf, required, textOf, textsOf, valuesOf } from './checked.js'
import { readDuration } from './duration.js'
import { readVerb } from './verb.js'

/** The typed form of a spec that `checkNode` passed, with every default. */
export function readSpec(spec: Checked, rest: Pick<RestDefinition, 'metadata' | 'source'>): RestDefinition {
  return {
    metadata: rest.metadata,
    oasPath: required(spec, 'oasPath'),
    document: readDocument(objectOf(spec, 'document') ?? { value: {}, at: '' }),
    resourceGroup: required(spec, 'resourceGroup'),
    resource: readResource(objectOf(spec, 'resource') ?? { value: {}, at: '/spec/resource' }),
    policy: readPolicy(objectOf(spec, 'policy') ?? { value: {}, at: '' }),
    controller: readController(objectOf(spec, 'controller') ?? { value: {}, at: '' }),
    source: rest.source,
  }
}

export function readMetadata(object: JsonObject): DefinitionMetadata {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {}
  const [name, namespace] = [metadata['name'], metadata['namespace']]
  return { name: typeof name === 'string' ? name : '', namespace: typeof namespace === 'string' ? namespace : 'default' }
}

function readDocument(document: Checked): DocumentSettings {
  const credentials = objectOf(document, 'credentialsRef')
  const schemes = openOf(document, 'securitySchemes')
  return {
    ...compact({
      credentialsRef: credentials && readCredentials(credentials),
      digest: textOf(document, 'digest'),
      servers: listed(document, 'servers'),
      security: listed(document, 'security'),
      securitySchemes: schemes as DocumentSettings['securitySchemes'],
    }),
    refreshIntervalSeconds: readDuration(textOf(document, 'refreshInterval') ?? '') ?? 300,
    overlays: objectsOf(document, 'overlays').map(readOverlay),
  }
}

function listed(checked: Checked, name: string): readonly JsonObject[] | undefined {
  return checked.value[name] === undefined ? undefined : valuesOf(checked, name).filter(isObject)
}

function readCredentials(credentials: Checked): DocumentCredentials {
  return {
    name: required(credentials, 'name'),
    key: textOf(credentials, 'key') ?? 'token',
    ...compact({
      namespace: textOf(credentials, 'namespace'),
      usernameKey: textOf(credentials, 'usernameKey'),
      passwordKey: textOf(credentials, 'passwordKey'),
      header: textOf(credentials, 'header'),
    }),
  }
}

function readOverlay({ value, at }: Checked): OverlaySource {
  const path = value['path']
  return typeof path === 'string' ? { type: 'path', path, at } : { type: 'inline', overlay: { overlay: '1.0.0', ...value }, at }
}

function readResource(resource: Checked): ResourceDescription {
  const names = objectOf(resource, 'names') ?? { value: {}, at: '' }
  return {
    kind: required(resource, 'kind'),
    verbsDescription: objectsOf(resource, 'verbsDescription').map(readVerb),
    identifiers: textsOf(resource, 'identifiers'),
    additionalStatusFields: textsOf(resource, 'additionalStatusFields'),
    configurationFields: objectsOf(resource, 'configurationFields').map(readConfigurationField),
    excludedSpecFields: textsOf(resource, 'excludedSpecFields'),
    compareScope: choiceOf<ResourceDescription['compareScope']>(resource, 'compareScope') ?? 'fullSpec',
    names: {
      ...compact({ plural: textOf(names, 'plural'), singular: textOf(names, 'singular') }),
      shortNames: textsOf(names, 'shortNames'),
      categories: textsOf(names, 'categories'),
    },
    schema: choiceOf<ResourceDescription['schema']>(resource, 'schema') ?? 'compatible',
    fields: objectsOf(resource, 'fields').map(readField),
    exports: objectsOf(resource, 'exports').map(readExport),
    ...compact({
      readyWhen: textOf(resource, 'readyWhen'),
      failedWhen: textOf(resource, 'failedWhen'),
      completedWhen: textOf(resource, 'completedWhen'),
      deletedWhen: textOf(resource, 'deletedWhen'),
    }),
  }
}

function readConfigurationField(field: Checked): ConfigurationField {
  const [parameter, actions] = [objectOf(field, 'fromOpenAPI'), objectOf(field, 'fromRestDefinition')]
  return {
    name: parameter === undefined ? '' : required(parameter, 'name'),
    in: parameter === undefined ? '' : required(parameter, 'in'),
    actions: actions === undefined ? [] : textsOf(actions, 'actions'),
    at: field.at,
  }
}

function readField(field: Checked): FieldSettings {
  const reference = objectOf(field, 'reference')
  return {
    path: required(field, 'path'),
    ...compact({
      schema: openOf(field, 'schema'),
      compare: choiceOf<NonNullable<FieldSettings['compare']>>(field, 'compare'),
      witness: textOf(field, 'witness'),
      immutable: choiceOf<NonNullable<FieldSettings['immutable']>>(field, 'immutable'),
      reference: reference && readReference(reference),
      whenRemoved: choiceOf<NonNullable<FieldSettings['whenRemoved']>>(field, 'whenRemoved'),
    }),
    keys: textsOf(field, 'keys'),
    normalize: valuesOf(field, 'normalize').flatMap((item) => readNormalizer(item) ?? []),
    writeOnly: flagOf(field, 'writeOnly') ?? false,
    secret: flagOf(field, 'secret') ?? false,
    ownershipMark: flagOf(field, 'ownershipMark') ?? false,
    relax: flagOf(field, 'relax') ?? false,
    at: field.at,
  }
}

const NORMALIZERS: readonly string[] = ['lowerCase', 'trim', 'dateTime', 'float32']

export function readNormalizer(item: unknown): FieldNormalizer | undefined {
  if (typeof item === 'string') return NORMALIZERS.includes(item) ? (item as FieldNormalizer) : undefined
  const program = typeof item === 'object' && item !== null ? (item as { cel?: unknown }).cel : undefined
  return typeof program === 'string' ? { cel: program } : undefined
}

function readReference(reference: Checked): FieldReference {
  return {
    kind: required(reference, 'kind'),
    ...compact({ group: textOf(reference, 'group'), version: textOf(reference, 'version'), plural: textOf(reference, 'plural') }),
    resolves: textOf(reference, 'resolves') ?? 'externalName',
    parent: flagOf(reference, 'parent') ?? false,
  }
}

function readExport(entry: Checked): ExportSettings {
  return {
    to: choiceOf<ExportSettings['to']>(entry, 'to') ?? 'Secret',
    ...compact({ name: textOf(entry, 'name') }),
    key: required(entry, 'key'),
    value: required(entry, 'value'),
    from: choiceOf<ExportSettings['from']>(entry, 'from') ?? 'observe',
    at: entry.at,
  }
}

function readPolicy(policy: Checked): PolicySettings {
  return {
    ...compact({
      management: textOf(policy, 'management'),
      deletion: choiceOf<NonNullable<PolicySettings['deletion']>>(policy, 'deletion'),
      drift: choiceOf<NonNullable<PolicySettings['drift']>>(policy, 'drift'),
      adoption: choiceOf<NonNullable<PolicySettings['adoption']>>(policy, 'adoption'),
      intervalSeconds: readDuration(textOf(policy, 'interval') ?? ''),
    }),
    onDefinitionDelete: choiceOf<PolicySettings['onDefinitionDelete']>(policy, 'onDefinitionDelete') ?? 'cascade',
  }
}

function readController(controller: Checked): ControllerSettings {
  const tolerations = controller.value['tolerations'] === undefined ? undefined : valuesOf(controller, 'tolerations')
  return {
    mode: choiceOf<ControllerSettings['mode']>(controller, 'mode') ?? 'dedicated',
    activation: choiceOf<ControllerSettings['activation']>(controller, 'activation') ?? 'always',
    ...compact({
      replicas: numberOf(controller, 'replicas'),
      workers: numberOf(controller, 'workers'),
      resources: openOf(controller, 'resources'),
      nodeSelector: openOf(controller, 'nodeSelector'),
      tolerations,
      serviceAccountAnnotations: openOf(controller, 'serviceAccountAnnotations'),
    }),
  }
}
