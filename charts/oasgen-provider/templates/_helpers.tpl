{{- define "oasgen-provider.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "oasgen-provider.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "oasgen-provider.selectorLabels" -}}
app.kubernetes.io/name: {{ include "oasgen-provider.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "oasgen-provider.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "oasgen-provider.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: oasgen
{{- end -}}

{{- define "oasgen-provider.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "oasgen-provider.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* An image: digest before tag before the chart's appVersion. */ -}}
{{- define "oasgen-provider.imageOf" -}}
{{- if .image.digest -}}
{{- printf "%s@%s" .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (default .appVersion .image.tag | toString) -}}
{{- end -}}
{{- end -}}

{{- /* Groups that the provider may touch: those of allowGroups when each is a name, else all. */ -}}
{{- define "oasgen-provider.generatedGroups" -}}
{{- $exact := true -}}
{{- range .Values.allowGroups }}{{ if contains "*" . }}{{ $exact = false }}{{ end }}{{ end -}}
{{- if and .Values.allowGroups $exact -}}{{ toJson .Values.allowGroups }}{{- else -}}["*"]{{- end -}}
{{- end -}}
