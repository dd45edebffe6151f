{{- /* Text of users that goes through the provider's template language: braces are kept as they are. */ -}}
{{- define "oasgen-provider.literal" -}}
{{- . | replace "{{" "{{ print \"{{\" }}" -}}
{{- end -}}

{{- define "oasgen-provider.rdcLabels" -}}
app.kubernetes.io/name: {{ "{{ .name | trunc 63 | trimSuffix \"-\" | quote }}" }}
app.kubernetes.io/instance: {{ "{{ .resource | trunc 63 | trimSuffix \"-\" | quote }}" }}
app.kubernetes.io/version: {{ "{{ .apiVersion | quote }}" }}
app.kubernetes.io/component: controller
app.kubernetes.io/part-of: krateoplatformops
app.kubernetes.io/managed-by: krateo
{{- end -}}

{{- define "oasgen-provider.rdcDeployment" -}}
{{- $rdc := .Values.rdc -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ "{{ .name }}" }}
  namespace: {{ "{{ .namespace }}" }}
  labels:
    {{- include "oasgen-provider.rdcLabels" . | nindent 4 }}
spec:
  # A RestDefinition that says another number (`spec.controller.replicas`) is followed.
  replicas: {{ int $rdc.replicaCount }}
  strategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ "{{ .name | trunc 63 | trimSuffix \"-\" | quote }}" }}
  template:
    metadata:
      labels:
        {{- include "oasgen-provider.rdcLabels" . | nindent 8 }}
        {{- with $rdc.podLabels }}
        {{- include "oasgen-provider.literal" (toYaml .) | nindent 8 }}
        {{- end }}
      {{- with $rdc.podAnnotations }}
      annotations:
        {{- include "oasgen-provider.literal" (toYaml .) | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ "{{ .serviceAccountName }}" }}
      {{- with $rdc.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml $rdc.podSecurityContext | nindent 8 }}
      terminationGracePeriodSeconds: {{ $rdc.terminationGracePeriodSeconds }}
      {{- with $rdc.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      containers:
      - name: {{ "{{ .resource }}-{{ .apiVersion }}-controller" }}
        image: {{ "{{ .image | quote }}" }}
        imagePullPolicy: {{ $rdc.image.pullPolicy }}
        args:
        - -group={{ "{{ .apiGroup }}" }}
        - -version={{ "{{ .apiVersion }}" }}
        - -resource={{ "{{ .resource }}" }}
        envFrom:
        - configMapRef:
            name: {{ "{{ .definition }}" }}-controller-configmap
        env:
        - name: REST_CONTROLLER_POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        - name: REST_CONTROLLER_POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        # Names of hosts are looked up by these threads: with the default of four a slow resolver holds up everything.
        - name: UV_THREADPOOL_SIZE
          value: "16"
        ports:
        - name: health
          containerPort: 8081
        {{- with $rdc.startupProbe }}
        startupProbe:
          {{- include "oasgen-provider.literal" (toYaml .) | nindent 10 }}
        {{- end }}
        {{- with $rdc.livenessProbe }}
        livenessProbe:
          {{- include "oasgen-provider.literal" (toYaml .) | nindent 10 }}
        {{- end }}
        {{- with $rdc.readinessProbe }}
        readinessProbe:
          {{- include "oasgen-provider.literal" (toYaml .) | nindent 10 }}
        {{- end }}
        resources:
          {{- toYaml $rdc.resources | nindent 10 }}
        securityContext:
          {{- toYaml $rdc.securityContext | nindent 10 }}
        {{- with $rdc.volumeMounts }}
        volumeMounts:
          {{- include "oasgen-provider.literal" (toYaml .) | nindent 10 }}
        {{- end }}
      {{- with $rdc.volumes }}
      volumes:
        {{- include "oasgen-provider.literal" (toYaml .) | nindent 8 }}
      {{- end }}
      {{- with $rdc.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $rdc.affinity }}
      affinity:
        {{- include "oasgen-provider.literal" (toYaml .) | nindent 8 }}
      {{- end }}
      {{- with $rdc.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
      {{- with $rdc.topologySpreadConstraints }}
        {{- include "oasgen-provider.literal" (toYaml .) | nindent 6 }}
      {{- else }}
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector:
          matchLabels:
            app.kubernetes.io/name: {{ "{{ .name | trunc 63 | trimSuffix \"-\" | quote }}" }}
      {{- end }}
{{- end -}}

{{- define "oasgen-provider.rdcConfigMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ "{{ .definition }}" }}-controller-configmap
  namespace: {{ "{{ .namespace }}" }}
{{- if .Values.rdc.env }}
data:
  {{- range $name, $value := .Values.rdc.env }}
  {{ $name }}: {{ $value | toString | quote | replace "{{" "{{ print \"{{\" }}" }}
  {{- end }}
{{- else }}
data: {}
{{- end }}
{{- end -}}
