{{/*
Secrets: one that exists already comes first, else the chart generates it once and keeps it.
*/}}

{{/* Name of a Secret; takes a dict of `root` and `component`: key, privacy, h2o, postgres, minio, s3-api, s3-controller, s3-train,
     s3-score, s3-h2o, s3-mlflow. Empty where pods have a cloud identity instead. */}}
{{- define "tablee.secret" -}}
{{- $values := .root.Values -}}
{{- $own := include "tablee.name" . -}}
{{- if eq .component "postgres" -}}
{{- if $values.postgres.enabled }}{{ $values.postgres.existingSecret | default $own }}
{{- else }}{{ required "postgres.external.existingSecret: name the Secret with username and password" $values.postgres.external.existingSecret }}{{ end -}}
{{- else if hasPrefix "s3-" .component -}}
{{- $shared := ternary $own $values.minio.external.existingSecret $values.minio.enabled -}}
{{ get $values.minio.clientSecrets (trimPrefix "s3-" .component) | default $shared }}
{{- else -}}
{{ (get $values .component).existingSecret | default $own }}
{{- end -}}
{{- end -}}

{{/* What a Secret of the release holds already, as YAML; empty at the first installation and without a cluster. */}}
{{- define "tablee.kept" -}}
{{ (lookup "v1" "Secret" .root.Release.Namespace (include "tablee.name" .)).data | default dict | toYaml }}
{{- end -}}

{{/* Head of a Secret that outlives `helm uninstall`, so that a reinstallation finds its passwords. */}}
{{- define "tablee.keptMetadata" -}}
{{ include "tablee.metadata" . }}
annotations:
  helm.sh/resource-policy: keep
{{- end -}}
