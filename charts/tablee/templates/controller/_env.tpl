{{/*
What only the controller is told. Each helper takes the root context.
*/}}

{{/* The objects it looks after. */}}
{{- define "tablee.env.kubernetes" -}}
- {name: TABLEE_KUBERNETES__NAMESPACE, value: {{ .Release.Namespace | quote }}}
- {name: TABLEE_KUBERNETES__API_DEPLOYMENT, value: {{ include "tablee.name" (dict "root" . "component" "api") }}}
- {name: TABLEE_KUBERNETES__TRAIN_CRONJOB, value: {{ include "tablee.name" (dict "root" . "component" "train") }}}
- {name: TABLEE_KUBERNETES__SCORE_CRONJOB, value: {{ include "tablee.name" (dict "root" . "component" "score") }}}
- {name: TABLEE_KUBERNETES__H2O_STATEFULSET, value: {{ include "tablee.name" (dict "root" . "component" "h2o") }}}
- {name: TABLEE_KUBERNETES__H2O_NODES, value: {{ .Values.h2o.nodes | quote }}}
- {name: TABLEE_KUBERNETES__H2O_ALWAYS_ON, value: {{ .Values.h2o.alwaysOn | quote }}}
- {name: TABLEE_KUBERNETES__H2O_IDLE_SECONDS, value: {{ int64 .Values.h2o.idleSeconds | quote }}}
- {name: TABLEE_KUBERNETES__READY_SECONDS, value: {{ int64 .Values.api.progressDeadlineSeconds | quote }}}
{{- end -}}

{{/* Addresses for people. */}}
{{- define "tablee.env.addresses" -}}
{{- with include "tablee.publicUrl" (dict "root" . "component" "api") }}
- {name: TABLEE_API__URL, value: {{ . | quote }}}
{{- end }}
{{- with include "tablee.publicUrl" (dict "root" . "component" "ui") }}
- {name: TABLEE_UI_URL, value: {{ . | quote }}}
{{- end }}
{{- with .Values.mlflow.publicUrl }}
- {name: TABLEE_MLFLOW_PUBLIC_URL, value: {{ . | quote }}}
{{- end }}
{{- end -}}
