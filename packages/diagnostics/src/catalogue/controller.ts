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
} as const satisfies Catalogue
