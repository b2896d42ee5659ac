{{/*
Every name of the chart. Each helper takes a dict of `root` and `component`, or the root context where it says so.
*/}}

{{/* The beginning of all names, from the name of a release: the release's own where it can begin the name of any object,
     else a short form with a hash. The same rule as in charts/tablee, whose ConfigMaps are found by it. Takes the name. */}}
{{- define "monitoring.fullname" -}}
{{- if regexMatch "^[a-z]([a-z0-9-]{0,32}[a-z0-9])?$" . -}}
{{ . }}
{{- else -}}
{{- $plain := . | replace "." "-" | trunc 24 | trimSuffix "-" -}}
{{ regexReplaceAll "^([0-9])" $plain "t$1" }}-{{ sha256sum . | trunc 8 }}
{{- end -}}
{{- end -}}

{{/* `<fullname>-<component>`: the name of every object. */}}
{{- define "monitoring.name" -}}
{{ include "monitoring.fullname" .root.Release.Name }}-{{ .component }}
{{- end -}}

{{/* What selects a component's pods. The name is the program's: charts/tablee lets pods named `prometheus` read metrics. */}}
{{- define "monitoring.selector" -}}
app.kubernetes.io/name: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The head of every object: name, namespace, labels. Belongs under `metadata:`. */}}
{{- define "monitoring.metadata" -}}
name: {{ include "monitoring.name" . }}
namespace: {{ .root.Release.Namespace }}
{{ include "monitoring.labels" . }}
{{- end -}}

{{- define "monitoring.labels" -}}
labels:
  {{- include "monitoring.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/part-of: tablee
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Namespaces that are read, as a JSON list; takes the root context. */}}
{{- define "monitoring.namespaces" -}}
{{ .Values.namespaces | default (list .Release.Namespace) | toJson }}
{{- end -}}

{{/* Name of the Secret with Grafana's login; takes the root context. */}}
{{- define "monitoring.secret" -}}
{{ .Values.grafana.existingSecret | default (include "monitoring.name" (dict "root" . "component" "grafana")) }}
{{- end -}}
