{{/*
Labels. Each helper takes a dict of `root` and `component`.
*/}}

{{/* What selects a component's pods; it can never change. */}}
{{- define "tablee.selector" -}}
app.kubernetes.io/name: tablee
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The labels of every object. */}}
{{- define "tablee.labels" -}}
{{ include "tablee.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: tablee
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The head of every object: name, namespace, labels. Belongs under `metadata:`. */}}
{{- define "tablee.metadata" -}}
name: {{ include "tablee.name" . }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "tablee.labels" . | nindent 2 }}
{{- end -}}
