{{/*
Environment variables that several components share, as items of `env`. Each helper takes a dict of `root` and `component`.
*/}}

{{/* A process of ours that asks for the key or presents it. */}}
{{- define "tablee.env" -}}
{{ include "tablee.env.plain" . }}
- name: TABLEE_KEY
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" (dict "root" .root "component" "key") }}, key: key}}
{{- end -}}

{{/* Every process of ours: how it logs, what the values add. */}}
{{- define "tablee.env.plain" -}}
- {name: HOME, value: /tmp}
- {name: TABLEE_LOG__FORMAT, value: {{ .root.Values.log.format }}}
- {name: TABLEE_LOG__LEVEL, value: {{ .root.Values.log.level }}}
{{- include "tablee.env.further" . }}
{{- end -}}

{{/* What the values add. */}}
{{- define "tablee.env.further" -}}
{{- range $name, $value := (get .root.Values .component).env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end -}}

{{/* Where a server of ours listens, and under which path a proxy publishes it. */}}
{{- define "tablee.env.listen" -}}
- {name: TABLEE_HOST, value: 0.0.0.0}
- {name: TABLEE_PORT, value: {{ include "tablee.port" . | quote }}}
{{- if or .root.Values.access.ingress.enabled .root.Values.access.gateway.enabled }}
- {name: TABLEE_BASE_PATH, value: {{ include "tablee.path" . | quote }}}
{{- end }}
{{- end -}}

{{/* MLflow and the object store. */}}
{{- define "tablee.env.stores" -}}
- {name: TABLEE_MLFLOW__URL, value: {{ include "tablee.url" (dict "root" .root "component" "mlflow") | quote }}}
- {name: TABLEE_OBJECTS__S3__BUCKET, value: {{ .root.Values.minio.bucket }}}
- {name: TABLEE_OBJECTS__S3__REGION, value: {{ .root.Values.minio.region }}}
{{- with include "tablee.s3Endpoint" .root }}
- {name: TABLEE_OBJECTS__S3__ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{ include "tablee.env.s3" . }}
{{- end -}}

{{/* The AWS SDK's own variables, which MLflow's client reads too. */}}
{{- define "tablee.env.s3" -}}
- {name: AWS_REGION, value: {{ .root.Values.minio.region }}}
- {name: AWS_DEFAULT_REGION, value: {{ .root.Values.minio.region }}}
{{- with include "tablee.s3Endpoint" .root }}
- {name: AWS_ENDPOINT_URL_S3, value: {{ . | quote }}}
- {name: MLFLOW_S3_ENDPOINT_URL, value: {{ . | quote }}}
{{- end }}
{{- include "tablee.env.s3Login" . }}
{{- end -}}

{{/* The login alone; nothing where pods have a cloud identity. */}}
{{- define "tablee.env.s3Login" -}}
{{- with include "tablee.secret" (dict "root" .root "component" (print "s3-" .component)) }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ . }}, key: access-key}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: secret-key}}
{{- end }}
{{- end -}}

{{/* URL of the object store; empty for AWS's own. Takes the root context. */}}
{{- define "tablee.s3Endpoint" -}}
{{- if .Values.minio.enabled }}{{ include "tablee.url" (dict "root" . "component" "minio") }}{{ else }}{{ .Values.minio.external.endpoint }}{{ end -}}
{{- end -}}
