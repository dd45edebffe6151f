import { json, merge, namespace, step, TABLE, type WireSuite } from '../wire-case.js'

const create = (name: string, group: string, resource: string, body: object): ReturnType<typeof step> =>
  step(name, 'POST', `${group === 'core' ? '/api/v1' : `/apis/${group}`}/namespaces/$NS/${resource}`, json(body))
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } }
const selector = { matchLabels: { a: 'b' } }
const shown = (name: string, group: string, resource: string): ReturnType<typeof step> =>
  step(name, 'GET', `${group === 'core' ? '/api/v1' : `/apis/${group}`}/namespaces/$NS/${resource}`, { accept: TABLE })

export const workloads: WireSuite = {
  name: 'workloads',
  reason: 'Defaults, status and columns of the kinds that charts are made of.',
  steps: [
    namespace,
    create('replicaset', 'apps/v1', 'replicasets', { metadata: { name: 'rs' }, spec: { selector, template } }),
    create('statefulset', 'apps/v1', 'statefulsets', { metadata: { name: 'sts' }, spec: { selector, template, serviceName: 's' } }),
    create('daemonset', 'apps/v1', 'daemonsets', { metadata: { name: 'ds' }, spec: { selector, template } }),
    create('deployment, recreate', 'apps/v1', 'deployments', { metadata: { name: 'd1' }, spec: { selector, template, strategy: { type: 'Recreate' }, replicas: 0 } }),
    create('deployment, probes and volumes', 'apps/v1', 'deployments', {
      metadata: { name: 'd2' },
      spec: {
        selector,
        template: {
          metadata: { labels: { a: 'b' } },
          spec: {
            serviceAccountName: 'sa', initContainers: [{ name: 'i', image: 'x' }],
            containers: [{
              name: 'c', image: 'registry.example/x@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', ports: [{ containerPort: 8080 }],
              livenessProbe: { httpGet: { port: 8080 } }, readinessProbe: { tcpSocket: { port: 'http' } }, resources: { requests: { cpu: '0.5', memory: '128Mi' }, limits: { cpu: '1000m' } },
              env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }], volumeMounts: [{ name: 'v', mountPath: '/v' }],
            }],
            volumes: [{ name: 'v' }, { name: 'c', configMap: { name: 'x' } }, { name: 's', secret: { secretName: 'x' } }, { name: 'h', hostPath: { path: '/x' } }],
          },
        },
      },
    }),
    create('pod with quantities', 'core', 'pods', { metadata: { name: 'p1' }, spec: { containers: [{ name: 'c', image: 'x:latest', resources: { limits: { cpu: '0.1', memory: '1024Mi' } } }] } }),
    create('job', 'batch/v1', 'jobs', { metadata: { name: 'j', labels: { manual: 'true' } }, spec: { manualSelector: true, selector, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } }),
    create('cronjob', 'batch/v1', 'cronjobs', { metadata: { name: 'cj' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } } } } } }),
    create('persistent volume claim', 'core', 'persistentvolumeclaims', { metadata: { name: 'pvc' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
    create('ingress', 'networking.k8s.io/v1', 'ingresses', { metadata: { name: 'ing' }, spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }] } }),
    create('network policy', 'networking.k8s.io/v1', 'networkpolicies', { metadata: { name: 'np' }, spec: { podSelector: {}, ingress: [{}] } }),
    create('disruption budget', 'policy/v1', 'poddisruptionbudgets', { metadata: { name: 'pdb' }, spec: { minAvailable: 1, selector } }),
    create('quota', 'core', 'resourcequotas', { metadata: { name: 'q' }, spec: { hard: { pods: '10', 'requests.cpu': '0.5' } } }),
    create('limit range', 'core', 'limitranges', { metadata: { name: 'lr' }, spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
    create('pod template', 'core', 'podtemplates', { metadata: { name: 'pt' }, template }),
    create('replication controller', 'core', 'replicationcontrollers', { metadata: { name: 'rc' }, spec: { selector: { a: 'b' }, template } }),
    create('endpoint slice', 'discovery.k8s.io/v1', 'endpointslices', { metadata: { name: 'es' }, addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 80 }] }),
    create('endpoints', 'core', 'endpoints', { metadata: { name: 'ep' }, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] }),
    create('service account', 'core', 'serviceaccounts', { metadata: { name: 'sa1' }, automountServiceAccountToken: false, imagePullSecrets: [{ name: 'x' }] }),
    create('external name service', 'core', 'services', { metadata: { name: 'ext' }, spec: { type: 'ExternalName', externalName: 'a.example' } }),
    create('headless service', 'core', 'services', { metadata: { name: 'hl' }, spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80, targetPort: 'x' }], selector: { a: 'b' } } }),
    create('controller revision', 'apps/v1', 'controllerrevisions', { metadata: { name: 'cr' }, revision: 3, data: { any: ['thing'] } }),
    ...[['apps/v1', 'replicasets'], ['apps/v1', 'statefulsets'], ['apps/v1', 'deployments'], ['batch/v1', 'jobs'], ['batch/v1', 'cronjobs'],
      ['core', 'pods'], ['core', 'persistentvolumeclaims'], ['networking.k8s.io/v1', 'ingresses'], ['networking.k8s.io/v1', 'networkpolicies'], ['policy/v1', 'poddisruptionbudgets'],
      ['core', 'podtemplates'], ['core', 'replicationcontrollers'], ['core', 'serviceaccounts'], ['apps/v1', 'controllerrevisions'], ['coordination.k8s.io/v1', 'leases'],
      ['rbac.authorization.k8s.io/v1', 'roles'], ['rbac.authorization.k8s.io/v1', 'rolebindings']].map(([group = '', resource = '']) => shown(`table of ${resource}`, group, resource)),
    step('generation rises with the spec', 'PATCH', '/apis/apps/v1/namespaces/$NS/deployments/d1', merge({ spec: { replicas: 1 } })),
    step('generation stays with labels', 'PATCH', '/apis/apps/v1/namespaces/$NS/deployments/d1', merge({ metadata: { labels: { l: 'm' } } })),
    step('status through the main resource', 'PATCH', '/apis/apps/v1/namespaces/$NS/deployments/d1', merge({ status: { replicas: 7 } })),
    step('status put', 'PUT', '/apis/apps/v1/namespaces/$NS/replicasets/rs/status', json({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'rs' }, spec: { selector, template }, status: { replicas: 1, readyReplicas: 1 } })),
  ],
}
