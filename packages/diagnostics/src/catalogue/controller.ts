import type { Catalogue } from './entry.js'

/** Findings about queue, leader, shards and the resource controller. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CTL = {
  CTL0101: {
    severity: 'warning',
    reason: 'LeaseUnavailable',
    message: 'cannot take or renew the Lease {lease}: {message}',
    help: 'Nothing to do at first: it is tried again every two seconds. If the message says forbidden, grant get, create and update on leases (coordination.k8s.io).',
    explain: `A controller works only while it holds its Lease, so that two of them never send requests for one object. Every renewal that fails is reported
with this finding. After ten seconds without a renewal the controller starts nothing more; it goes on as soon as the API server answers again,
unless another replica has taken over meanwhile.`,
  },
  CTL0102: {
    severity: 'error',
    reason: 'WorkerBug',
    message: 'working on {key} ended with an exception: {message}',
    help: 'This is a bug of ours: please report it with the lines of the log around it. The object is tried again after a pause.',
    explain: `Expected failures are values in our programs; an exception is a mistake in the program itself. The worker survives, the object is tried again with
growing pauses, and all other objects are served as usual.`,
  },
  CTL0103: {
    severity: 'error',
    reason: 'ShutdownIncomplete',
    message: 'the end took longer than {seconds} s; `{step}` was given up',
    help: 'Raise terminationGracePeriodSeconds of the pod, or look at what hung: usually a request to an API that does not answer.',
    explain: `At SIGTERM the program takes no new work, finishes what is under way, gives its Lease back and ends. Kubernetes kills it after
\`terminationGracePeriodSeconds\`. What is cut off is safe: every create was announced in the object before it was sent, and is looked up after the restart.`,
  },
  CTL0104: {
    severity: 'warning',
    reason: 'TelemetryRefused',
    message: 'the telemetry collector at {endpoint} does not take our data: {message}',
    help: 'Check OTEL_EXPORTER_OTLP_ENDPOINT; the protocol is http/json, usually port 4318. Set OTEL_SDK_DISABLED=true to switch telemetry off.',
    explain: `Traces and metrics are sent as OTLP over HTTP with JSON bodies when one of the standard variables OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set. Work never waits for it: what cannot be sent is dropped and counted.`,
  },
  CTL0105: {
    severity: 'warning',
    reason: 'TelemetryUnsupported',
    message: 'the telemetry setting {name}={value} is not supported: {problem}',
    help: 'Use the protocol http/json, and the samplers always_on, always_off, traceidratio or their parentbased_ forms.',
    explain: `We speak OTLP over HTTP with JSON, which every collector takes on port 4318, and read the standard environment variables. A setting that we
cannot follow is reported once at the start; the rest is followed.`,
  },
  CTL0201: {
    severity: 'warning',
    reason: 'PlanMissing',
    message: 'there is no Plan in ConfigMap {plan} yet: {problem}',
    help: 'Nothing to do while the provider is still at work: look at the conditions of the RestDefinition. If the message says forbidden, grant get, list and watch on this ConfigMap.',
    explain: `A controller runs the Plan that the provider compiles from the RestDefinition and its OpenAPI document. It may well be started first; it waits and
goes on by itself when the Plan appears.`,
  },
  CTL0202: {
    severity: 'warning',
    reason: 'PlanRefused',
    message: 'the new Plan in {plan} is not used, the one before goes on: {problem}',
    help: 'If a feature is unknown, the provider is newer than this controller: upgrade the image. Else look at the conditions of the RestDefinition.',
    explain: 'A Plan is only ever replaced by one that this controller understands completely. Resources are served by the last good Plan meanwhile.',
  },
  CTL0203: {
    severity: 'error',
    reason: 'PlanUnusable',
    message: 'the Plan in {plan} cannot be used, and there was none before: {problem}',
    help: 'If a feature is unknown, upgrade the image of the controller. If it is for another kind, correct the flags -group, -version, -resource or -plan.',
    explain: 'Nothing is served until there is a Plan that this controller understands.',
  },
  CTL0205: {
    severity: 'error',
    reason: 'SecretForbidden',
    message: 'the Secret {secret} may not be read: {problem}',
    help: 'Grant get, list and watch on this Secret to the service account that the message names.',
    explain: `The provider grants the controller the right to read exactly the Secrets that Configurations name. It may still be about to do so; the controller goes on
as soon as it may. Where rights are granted by hand, a Role with resourceNames is enough.`,
  },
  CTL0206: {
    severity: 'error',
    reason: 'TwoDefaults',
    message: 'namespace {namespace} has several default Configurations: {names}',
    help: 'Leave spec.default: true on one of them, or name the Configuration with spec.configurationRef.',
    explain: 'Picking one of them at random would send objects to an API that nobody meant.',
  },
  CTL0207: {
    severity: 'warning',
    reason: 'InsecureSkipVerify',
    message: 'the Configuration says tls.insecureSkipVerify: whoever is between the controller and the API can read and change everything, credentials included',
    help: 'Put the certificate of the API\'s authority into tls.caBundle or tls.caRef of the Configuration, and take insecureSkipVerify out.',
    explain: 'It is meant for tests. Each resource that is served this way says so in the condition TLSVerified.',
  },
  CTL0208: {
    severity: 'warning',
    reason: 'GuardForbidden',
    message: 'resources of kind {kind} cannot be guarded against being deleted too early: {problem}',
    help: 'Grant patch on this kind to the service account that the message names, or delete dependent resources first.',
    explain: `A resource that others refer to is deleted after them: their own deletion needs its id. A finalizer on it sees to that, which needs the right to patch.
Without the right everything else works.`,
  },
  CTL0209: {
    severity: 'notice',
    reason: 'StillReferredTo',
    message: 'waiting until no resource of {kinds} refers to it any more; set the annotation {annotation} to delete it first all the same',
    explain: 'What refers to a resource is deleted before it, because its deletion may need the id of that resource.',
  },
  CTL0210: {
    severity: 'error',
    reason: 'ExportConflict',
    message: 'the key {key} of {object} belongs to somebody else: {problem}',
    help: 'Choose another name or key in spec.resource.exports, or remove the key from the object.',
    explain: 'Exports are put beside the keys of others and never over them.',
  },
  CTL0211: {
    severity: 'error',
    reason: 'FactNotPersisted',
    message: 'what the API just answered about {resource} could not be stored in Kubernetes: {problem}',
    help: 'Set the annotation {annotation} on the resource by hand; without it the object is looked up again before anything is created.',
    explain: `The id of a new object is stored before anything else, and the attempt is repeated until it succeeds. It was given up because the process was told to end,
or because the API server refuses the write for good. No second object is made: the attempt stays recorded as unanswered and is looked up first.`,
  },
  CTL0212: {
    severity: 'warning',
    reason: 'StatusFieldRefused',
    message: 'the API server does not accept these fields of status, which are left out: {fields} ({problem})',
    help: 'Correct the schema of the field with fields[].schema, or the document with an overlay.',
    explain: 'One field of the wrong type would make Kubernetes refuse the whole status. The others are written.',
  },
  CTL0213: {
    severity: 'warning',
    reason: 'EndingAlready',
    message: '{object} is being deleted, so nothing new is made with it',
    help: 'Make it again once it is gone, or use another one.',
    explain: 'Whatever a resource needs for its own deletion is held from before its first request. What is being deleted cannot be held any more.',
  },
  CTL0214: {
    severity: 'warning',
    reason: 'CrossNamespaceReference',
    message: '{resource} uses what is in another namespace: {things}',
    help: 'Put them into one namespace, then start the controller with --cross-namespace=deny; where it is meant so, --cross-namespace=allow says nothing.',
    explain: `Whoever may write resources in one namespace can so use credentials that people of another one have put there. It works, because manifests
of the reference rely on it; deny is recommended.`,
  },
} as const satisfies Catalogue
