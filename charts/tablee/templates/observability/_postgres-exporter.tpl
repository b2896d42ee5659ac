{{/*
The exporter is no component of the values' first floor, but the helpers of pods look for one: they are given a root that
has it there.
*/}}

{{/* Not empty where there is one; takes the root context. */}}
{{- define "tablee.observability.postgres" -}}
{{- if and .Values.observability.enabled .Values.observability.postgresExporter.enabled .Values.postgres.enabled }}true{{ end -}}
{{- end -}}

{{/* The root its pods are rendered with, as YAML; takes the root context. */}}
{{- define "tablee.observability.postgresRoot" -}}
{{- dict "Values" (dict "images" .Values.images "postgres-exporter" .Values.observability.postgresExporter) "Release" .Release "Chart" (dict "AppVersion" .Chart.AppVersion) | toYaml -}}
{{- end -}}
