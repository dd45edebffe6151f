export { readWarnings } from './answer.js'
export type { KubeResponse } from './answer.js'
export { connectKube, STALL_MS } from './client.js'
export type { AccessAnswer, Deleted, Kube, KubeList } from './client.js'
export { inClusterConfig, proxyFor } from './config.js'
export type { ClientCertificate, ConnectionConfig, Environment, Impersonation } from './config.js'
export type { ConnectionOptions, RequestSample, SendOptions } from './connection.js'
export type { Credentials, CredentialSource, CredentialsResult } from './credentials.js'
export { typeOf } from './discovery.js'
export type { DiscoveredType, Discovery } from './discovery.js'
export { isKind, isTransient, kindOf } from './error.js'
export type { Attempt, ErrorCause, KubeError, KubeErrorKind, KubeResult } from './error.js'
export { createInformer, waitForSync } from './informer.js'
export type { Informer, InformerChange, InformerListener, InformerOptions, InformerProblem } from './informer.js'
export type { Indexer, ObjectChange } from './object-cache.js'
export { createEventRecorder } from './events.js'
export type { EventRecorder, EventRecorderOptions } from './events.js'
export type { EventFacts } from './event-object.js'
export { createInformers } from './informers.js'
export type { Informers } from './informers.js'
export { loadKubeconfig } from './kubeconfig.js'
export type { KubeconfigOptions } from './kubeconfig.js'
export {
  annotationsOf, apiVersionOf, compareResourceVersions, describeRef, finalizersOf, generationOf, isDeleting, keyOf, keyOfRef, labelsOf, metadataOf,
  nameOf, namespaceOf, ownersOf, refOf, refOfKey, resourceVersionOf, uidOf,
} from './object.js'
export type { KubeObject, ObjectRef, OwnerReference, ResourceType } from './object.js'
export {
  buildAccessReview, buildCreate, buildDelete, buildDeleteCollection, buildGet, buildList, buildPatch, buildRaw, buildUpdate, buildWatch, named,
  PAGE_SIZE, pathOfCollection, pathOfObject,
} from './request.js'
export type {
  AccessAttributes, AccessSubject, DeleteOptions, KubeRequest, ListOptions, ListScope, Patch, PatchOperation, PatchTarget, Subresource,
  WatchOptions, WriteOptions,
} from './request.js'
export type { Watch, WatchEvent } from './watch.js'
export {
  CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, CORE_EVENTS, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, EVENTS, LEASES, NAMESPACES, PODS, ROLES,
  ROLE_BINDINGS, SECRETS, SERVICES, SERVICE_ACCOUNTS,
} from './well-known.js'
