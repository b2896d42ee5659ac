{{/*
What MinIO and its setup are told. Each helper takes the root context.
*/}}

{{- define "tablee.env.minio" -}}
- {name: HOME, value: /tmp}
{{- range $variable, $entry := dict "MINIO_ROOT_USER" "root-user" "MINIO_ROOT_PASSWORD" "root-password" }}
- name: {{ $variable }}
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" (dict "root" $ "component" "minio") }}, key: {{ $entry }}}}
{{- end }}
{{- end -}}

{{/* The login of each client. */}}
{{- define "tablee.env.clients" -}}
{{- range $client := list "api" "controller" "train" "score" "h2o" "mlflow" }}
{{- range $entry := list "access-key" "secret-key" }}
- name: {{ print $client "_" $entry | replace "-" "_" | upper }}
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" (dict "root" $ "component" (print "s3-" $client)) }}, key: {{ $entry }}}}
{{- end }}
{{- end }}
{{- end -}}
