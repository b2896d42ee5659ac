{{/*
Every name and address of the chart. Nothing else builds one.

A helper takes the root context, or a dict of `root` and `component`.
*/}}

{{/* The release's name where it can begin the name of any object, a Service's and a Job's too; else a short form with
     a hash. 34 letters leave room for `-train-` and a training's id within the 63 of a Job's label. */}}
{{- define "tablee.fullname" -}}
{{- if regexMatch "^[a-z]([a-z0-9-]{0,32}[a-z0-9])?$" .Release.Name -}}
{{ .Release.Name }}
{{- else -}}
{{- $plain := .Release.Name | replace "." "-" | trunc 24 | trimSuffix "-" -}}
{{ regexReplaceAll "^([0-9])" $plain "t$1" }}-{{ sha256sum .Release.Name | trunc 8 }}
{{- end -}}
{{- end -}}

{{/* `<fullname>-<component>`: the name of every object. */}}
{{- define "tablee.name" -}}
{{ include "tablee.fullname" .root }}-{{ .component }}
{{- end -}}

{{/* The port named `http` of a component's Service. */}}
{{- define "tablee.port" -}}
{{ get (dict "api" 8000 "controller" 8080 "ui" 8501 "mlflow" 5000 "minio" 9000 "h2o" 54321) .component }}
{{- end -}}

{{/* Where a component is, as its neighbours in the namespace see it. */}}
{{- define "tablee.url" -}}
http://{{ include "tablee.name" . }}:{{ include "tablee.port" . }}
{{- end -}}

{{/* Path before all paths of the UI, the API or the controller, seen from outside. */}}
{{- define "tablee.path" -}}
{{- $base := .root.Values.access.path | trimSuffix "/" -}}
{{- if eq .component "ui" }}{{ $base | default "/" }}{{ else }}{{ $base }}/{{ .component }}{{ end -}}
{{- end -}}

{{/* The host name that people use; takes the root context. Empty for any. */}}
{{- define "tablee.host" -}}
{{- $host := .Values.access.host -}}
{{- if ne $host "*" }}{{ $host | default (printf "%s.localhost" (include "tablee.fullname" .)) }}{{ end -}}
{{- end -}}

{{/* Address of the UI, the API or the controller for people; empty when it is not known. */}}
{{- define "tablee.publicUrl" -}}
{{- $access := .root.Values.access -}}
{{- $host := include "tablee.host" .root -}}
{{- if and $host (not (contains "*" $host)) (or $access.ingress.enabled $access.gateway.enabled) -}}
{{ ternary "https" "http" $access.tls.enabled }}://{{ $host }}{{ include "tablee.path" . | trimSuffix "/" }}
{{- end -}}
{{- end -}}

{{/* Host names under which a component's Service is called within the cluster, with and without port, comma between. */}}
{{- define "tablee.hosts" -}}
{{- $name := include "tablee.name" . -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $port := include "tablee.port" . -}}
{{- $hosts := list -}}
{{- range $end := list "" (printf ".%s" $namespace) (printf ".%s.svc" $namespace) (printf ".%s.svc.%s" $namespace $.root.Values.clusterDomain) -}}
{{- $hosts = concat $hosts (list (print $name $end) (print $name $end ":" $port)) -}}
{{- end -}}
{{ join "," $hosts }}
{{- end -}}
