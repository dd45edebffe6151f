export type {
  ConfigurationField, ControllerSettings, DefinitionMetadata, DefinitionSource, DocumentCredentials, DocumentSettings, ExportSettings,
  OverlaySource, PolicySettings, ResourceDescription, ResourceNames, RestDefinition,
} from './definition.js'
export type { FieldNormalizer, FieldReference, FieldSettings } from './field.js'
export type { AliasPair, FieldMapping, JqProgram, MappingSource, RequestMapping, ResponseMapping } from './mapping.js'
export { VERB_ACTIONS, VERB_METHODS } from './verb.js'
export type {
  AsyncSettings, BodySettings, CallDescription, LastPageSign, NamedValue, OutcomeSettings, PaginationLimits, PaginationSettings, PollSettings,
  StepDescription, TokenPlace, VerbAction, VerbDescription, VerbMethod,
} from './verb.js'
export { GROUP, KIND, PLURAL, restDefinitionCrd, VERSION } from './crd.js'
export { printFieldPattern, readFieldPattern } from './pattern.js'
export type { FieldPattern, PatternStep } from './pattern.js'
export { wantedPrograms, withPrograms } from './programs.js'
export type { FetchedPrograms } from './programs.js'
export { readRestDefinition } from './read.js'
export type { ReadDefinitionOptions } from './read.js'
export { readDuration } from './read/duration.js'
export { nearestName } from './read/nearest.js'
export { definitionPlace, fieldText } from './read/place.js'
export { renderFieldReference } from './reference-page.js'
export { usedAdditions } from './beyond.js'
export type { UsedAddition } from './beyond.js'
