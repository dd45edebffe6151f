/**
 * The templates that are used unless files are given (`RDC_TEMPLATE_DEPLOYMENT_PATH`, `RDC_TEMPLATE_CONFIGMAP_PATH`).
 * Variables are the reference's: apiGroup, apiVersion, resource, name, namespace, configuration, serviceAccount, saNamespace,
 * serviceAccountName, composition_controller_sa_name, composition_controller_sa_namespace; and ours: image, replicas, kind, definition.
 */
export const DEPLOYMENT_TEMPLATE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels: &labels
    app.kubernetes.io/name: {{ .name | trunc 63 | trimSuffix "-" | quote }}
    app.kubernetes.io/instance: {{ .resource | trunc 63 | trimSuffix "-" | quote }}
    app.kubernetes.io/version: {{ .apiVersion | quote }}
    app.kubernetes.io/component: controller
    app.kubernetes.io/part-of: krateoplatformops
    app.kubernetes.io/managed-by: krateo
spec:
  replicas: {{ .replicas | default 1 }}
  strategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .name | trunc 63 | trimSuffix "-" | quote }}
  template:
    metadata:
      labels: *labels
    spec:
      serviceAccountName: {{ .serviceAccountName }}
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: {app.kubernetes.io/name: {{ .name | trunc 63 | trimSuffix "-" | quote }}}}
      terminationGracePeriodSeconds: 30
      containers:
      - name: {{ .resource }}-{{ .apiVersion }}-controller
        image: {{ .image | quote }}
        imagePullPolicy: IfNotPresent
        args:
        - -group={{ .apiGroup }}
        - -version={{ .apiVersion }}
        - -resource={{ .resource }}
        envFrom:
        - configMapRef: {name: {{ .definition }}-controller-configmap}
        env:
        # Names of hosts are looked up by these threads: with the default of four a slow resolver holds up everything.
        - {name: UV_THREADPOOL_SIZE, value: "16"}
        - name: REST_CONTROLLER_POD_NAMESPACE
          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
        - name: REST_CONTROLLER_POD_NAME
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        ports:
        - {name: health, containerPort: 8081}
        startupProbe: {httpGet: {path: /livez, port: health}, periodSeconds: 1, failureThreshold: 60}
        livenessProbe: {httpGet: {path: /livez, port: health}, periodSeconds: 10, timeoutSeconds: 5}
        readinessProbe: {httpGet: {path: /readyz, port: health}, periodSeconds: 5, timeoutSeconds: 5}
        resources:
          requests: {cpu: 10m, memory: 64Mi}
          limits: {memory: 256Mi}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          runAsNonRoot: true
          runAsUser: 65532
          capabilities: {drop: [ALL]}
`

export const SETTINGS_TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .definition }}-controller-configmap
  namespace: {{ .namespace }}
data: {}
`
