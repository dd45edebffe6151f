import type { Catalogue } from './entry.js'

/** Findings about the Kubernetes API. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const KUB = {
  KUB0101: {
    severity: 'warning',
    reason: 'Conflict',
    message: 'cannot {verb} {about}: somebody else changed it meanwhile ({message})',
    help: 'Nothing to do: the object is read again and the work repeated. If it goes on for minutes, look for a second controller that writes the same field.',
    explain: `Kubernetes keeps a version of every object and refuses a write that is based on an older one. That protects both writers.

Our programs read the object again and start over, silently. You only see this finding when it happens again and again, which means
that two writers undo each other: two controllers of the same kind, a GitOps tool that reverts a field, or an admission webhook that
changes what was just written. \`kubectl get -o yaml --show-managed-fields\` names the managers of each field.`,
  },
  KUB0102: {
    severity: 'error',
    reason: 'NotFound',
    message: 'cannot {verb} {about}: it does not exist ({message})',
    help: 'Check name and namespace, and whether the kind is installed: `kubectl api-resources`.',
    explain: `The API server knows neither this object nor, possibly, its kind. For a kind that was installed a moment ago wait until the CRD is
Established; for an object check the spelling of name and namespace. An object that was deleted meanwhile is no fault.`,
  },
  KUB0103: {
    severity: 'error',
    reason: 'AlreadyExists',
    message: 'cannot {verb} {about}: an object of this name exists already ({message})',
    help: 'Choose another name, or delete the object that is there.',
    explain: `A create never overwrites. If the object that exists is one that we made before, it is taken over; if it belongs to somebody else it is
left alone, and this finding names it.`,
  },
  KUB0104: {
    severity: 'notice',
    reason: 'Expired',
    message: 'cannot {verb} {about}: the server has forgotten the state to continue from ({message})',
    help: 'Nothing to do: everything is listed again.',
    explain: `API servers keep only the recent history (about five minutes). A watch that was away longer, or a list that took longer than that between two
pages, starts again with a fresh list. The cache then reports what was added, changed and deleted in between, so nothing is missed.`,
  },
  KUB0105: {
    severity: 'error',
    reason: 'Forbidden',
    message: 'cannot {verb} {about}: the API server does not permit it ({message})',
    help: 'Grant the verb on this resource to the service account that the message names, in a Role or ClusterRole.',
    explain: `The account is known but has no rule that allows this request. The server's message names account, verb, resource and namespace: put exactly these
into a Role (one namespace) or ClusterRole, and bind it.

    kubectl auth can-i VERB RESOURCE --as=system:serviceaccount:NAMESPACE:NAME -n NAMESPACE

tells whether it worked. The request is repeated slowly, so no restart is needed.`,
  },
  KUB0106: {
    severity: 'error',
    reason: 'Unauthorized',
    message: 'cannot {verb} {about}: the API server does not accept the credentials ({message})',
    help: 'Renew the credentials: log in again, or check the token file that is mounted into the pod.',
    explain: `401 means that the server does not know who is asking: a token that has expired, a client certificate that is no longer valid or was signed by
another authority, or a kubeconfig of another cluster. Tokens from files and exec plugins were read again once before this was reported.`,
  },
  KUB0107: {
    severity: 'error',
    reason: 'Invalid',
    message: 'cannot {verb} {about}: the API server finds it invalid ({message})',
    help: 'Correct the fields that the message names.',
    explain: `The object breaks the schema of its kind, a validation rule, an admission policy, or a rule of the API itself (an immutable field, a name
that is no DNS label). The message is the server's, with the path of each field.`,
  },
  KUB0108: {
    severity: 'warning',
    reason: 'Throttled',
    message: 'cannot {verb} {about} now: the API server asks to wait ({message})',
    help: 'Nothing to do: it is repeated after the pause that the server named.',
    explain: `429 comes from the API server's priority and fairness, or from an eviction budget. The pause is kept. If it stays, the server is overloaded:
\`kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels\` shows by whom.`,
  },
  KUB0109: {
    severity: 'error',
    reason: 'ServerError',
    message: 'cannot {verb} {about}: the API server failed ({message})',
    help: 'Nothing to do at first: it is repeated. If it stays, read the logs of the API server, of admission webhooks and of etcd.',
    explain: `An answer of 500 and above says nothing about whether a write took place. Our programs read before they write again.
Frequent causes: an admission webhook that does not answer, etcd without a leader, an aggregated API that is down.`,
  },
  KUB0110: {
    severity: 'error',
    reason: 'Unreachable',
    message: 'cannot {verb} {about}: the API server cannot be reached ({message})',
    help: 'Check address, network policy, proxy and certificate authority; `kubectl get --raw /readyz` from the same place tells more.',
    explain: `No answer came: the name did not resolve, nobody listened, the TLS handshake failed, the connection broke or the time was over.
The work is repeated with growing pauses and resumes by itself.`,
  },
  KUB0111: {
    severity: 'error',
    reason: 'TooLarge',
    message: 'cannot {verb} {about}: it is too large ({message})',
    help: 'Make the object smaller; the API server stores at most about 1.5 MB in one object.',
    explain: `Either the API server refused the size of the request (413; etcd takes about 1.5 MB), or its answer is larger than our limit, which protects our
memory. Large documents belong behind a URL or into an OCI artifact, not into a ConfigMap.`,
  },
  KUB0113: {
    severity: 'error',
    reason: 'UnexpectedAnswer',
    message: 'cannot {verb} {about}: the answer is not that of a Kubernetes API ({message})',
    help: 'Check that the address is that of an API server and not of a proxy, a log-in page or another service.',
    explain: `The answer was not JSON, or JSON of another form than asked for. Usual causes: a captive portal or single sign-on page in between, a load
balancer's own error page, a kubeconfig that points to a dashboard.`,
  },
  KUB0201: {
    severity: 'error',
    reason: 'NoKubeconfig',
    message: 'no kubeconfig at {path}',
    help: 'Set KUBECONFIG, pass --kubeconfig, or start the embedded control plane with `oasgen up`.',
    explain: `Outside a cluster the address and the credentials of the API server come from a kubeconfig: the file that --kubeconfig or KUBECONFIG names, else
\`~/.kube/config\`.`,
  },
  KUB0202: {
    severity: 'error',
    reason: 'UnreadableKubeconfig',
    message: 'cannot read the kubeconfig {path}: {problem}',
    help: 'Correct the file; `kubectl config view --kubeconfig PATH` shows how kubectl reads it.',
    explain: `A kubeconfig is YAML with \`clusters\`, \`users\`, \`contexts\` and \`current-context\`. The problem that is named was found while reading it.`,
  },
  KUB0203: {
    severity: 'error',
    reason: 'UnknownContext',
    message: 'the kubeconfig {path} has no context {context}; it has: {known}',
    help: 'Choose one of those with --context, or set one with `kubectl config use-context`.',
    explain: `A context joins a cluster with a user. The one that was asked for, or the file's \`current-context\`, is not in the file, or names a cluster or user
that is not.`,
  },
  KUB0204: {
    severity: 'error',
    reason: 'NotInCluster',
    message: 'not in a cluster: {problem}',
    help: 'Outside a cluster pass --kubeconfig or set KUBECONFIG; in a pod let the service account token be mounted (automountServiceAccountToken).',
    explain: `In a pod the address comes from KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, token and certificate authority from
\`/var/run/secrets/kubernetes.io/serviceaccount\`. One of them is missing.`,
  },
  KUB0205: {
    severity: 'error',
    reason: 'CredentialsUnavailable',
    message: 'cannot get credentials for the API server: {problem}',
    help: 'Run the log-in command of your cluster, or the exec plugin of the kubeconfig by hand, and look at what it says.',
    explain: `The kubeconfig's user takes its credentials from a file, an exec plugin or an identity provider, and that did not work. The plugin's own
error output is part of the message.`,
  },
  KUB0206: {
    severity: 'error',
    reason: 'UnsupportedProxy',
    message: 'cannot use the proxy {proxy}: {problem}',
    help: 'Use a proxy URL that starts with http://, https:// or socks5://.',
    explain: `The proxy comes from \`proxy-url\` of the kubeconfig's cluster, else from HTTPS_PROXY and NO_PROXY.`,
  },
  KUB0207: {
    severity: 'error',
    reason: 'UnsupportedKubeconfig',
    message: 'the kubeconfig {path} uses {feature}, which is not supported here',
    help: 'Use a context with a token, a client certificate, an exec plugin or an OIDC provider.',
    explain: `Most ways to log in are supported: token, token file, client certificate, user and password, exec plugins that are not interactive, and the
\`oidc\` auth provider. The auth providers \`gcp\` and \`azure\` were removed from kubectl in 1.26; both clouds have exec plugins in their place.`,
  },
  KUB0301: {
    severity: 'warning',
    reason: 'WatchStalled',
    message: 'the watch of {about} was silent for {seconds} s and was opened again',
    help: 'Nothing to do. If it comes often, something between here and the API server drops idle connections.',
    explain: `API servers send a bookmark about once a minute on a quiet watch. Silence for longer means that the connection is dead although nobody said so:
a load balancer or firewall forgot it, or the node of the server is gone. The watch resumes where it was; nothing is missed.`,
  },
  KUB0302: {
    severity: 'warning',
    reason: 'HistoryRewound',
    message: 'the API server answers for {about} with an older state (resourceVersion {found}) than it did before ({expected})',
    help: 'Nothing to do after a restore from a backup: the state of the server is taken over. Otherwise look for API servers behind one address that do not share one store.',
    explain: `Resource versions only grow while a store lives. When a list is older than what was seen before, either the store was restored from a backup, or
a stale server answered. The list is asked for a second time; if it is still older, the server's state is accepted and every difference reported.`,
  },
  KUB0303: {
    severity: 'warning',
    reason: 'EventsDropped',
    message: '{count} events could not be written ({message})',
    help: 'Events are only for people; conditions and logs are complete. Grant create and patch on events (events.k8s.io) if the message says forbidden.',
    explain: `Events are limited per object and in all, so that a failing resource cannot flood the API server, and they are never waited for. What is dropped is
counted here and in the metrics.`,
  },
} as const satisfies Catalogue
