{{/*
What MLflow is told, for its server and for the migration before it. Takes the root context.

The address of the database carries no login: libpq reads PGUSER, PGPASSWORD and PGDATABASE, so no password stands in an
argument, and none needs escaping.
*/}}
{{- define "tablee.env.mlflow" -}}
{{- $self := dict "root" . "component" "mlflow" -}}
{{- $external := .Values.postgres.external -}}
{{- $connections := include "tablee.mlflow.connections" . | int -}}
{{- $overflow := max 1 (div $connections 3) -}}
- {name: HOME, value: /tmp}
- {name: MLFLOW_BACKEND_STORE_URI, value: {{ include "tablee.mlflow.database" . | quote }}}
{{- if not .Values.postgres.enabled }}
- {name: PGDATABASE, value: {{ $external.database | quote }}}
- {name: PGSSLMODE, value: {{ $external.sslmode }}}
{{- end }}
{{- range $variable, $entry := dict "PGUSER" "username" "PGPASSWORD" "password" }}
- name: {{ $variable }}
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" (dict "root" $ "component" "postgres") }}, key: {{ $entry }}}}
{{- end }}
{{- if .Values.postgres.enabled }}
- name: PGDATABASE
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" (dict "root" . "component" "postgres") }}, key: database}}
{{- end }}
- {name: MLFLOW_SQLALCHEMYSTORE_POOL_SIZE, value: {{ sub $connections $overflow | quote }}}
- {name: MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW, value: {{ $overflow | quote }}}
- {name: MLFLOW_SERVER_ENABLE_JOB_EXECUTION, value: "false"}
- {name: MLFLOW_DISABLE_TELEMETRY, value: "true"}
{{ include "tablee.env.s3" $self }}
{{- include "tablee.env.further" $self }}
{{- end -}}

{{- define "tablee.mlflow.database" -}}
postgresql+psycopg://{{ if .Values.postgres.enabled }}{{ include "tablee.name" (dict "root" . "component" "postgres") }}:5432{{ else }}
{{- required "postgres.external.host: name the host of your PostgreSQL" .Values.postgres.external.host }}:{{ .Values.postgres.external.port }}{{ end }}/
{{- end -}}

{{/* The Host headers it answers to: its Service, its pod (metrics are read from there), a port-forward, and the values'. */}}
{{- define "tablee.mlflow.hosts" -}}
{{- $hosts := list (include "tablee.hosts" (dict "root" . "component" "mlflow")) "$(POD_IP):5000" "[$(POD_IP)]:5000" "localhost" "localhost:*" "127.0.0.1" "127.0.0.1:*" -}}
{{- with .Values.mlflow.publicUrl }}{{ $hosts = append $hosts (urlParse .).host }}{{ end -}}
{{ concat $hosts .Values.mlflow.allowedHosts | join "," }}
{{- end -}}
