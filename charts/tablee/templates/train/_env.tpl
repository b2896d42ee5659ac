{{/*
What only a training is told. Takes the root context.
*/}}

{{- define "tablee.env.train" -}}
{{- $train := .Values.train -}}
{{- $h2o := dict "root" . "component" "h2o" -}}
- {name: TABLEE_CONTROLLER_URL, value: {{ include "tablee.url" (dict "root" . "component" "controller") | quote }}}
- name: TABLEE_JOB_UID
  valueFrom: {fieldRef: {fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']"}}
- {name: TABLEE_ATTEMPTS, value: {{ add1 $train.retries | quote }}}
- name: TABLEE_H2O__URL
  value: "http://{{ include "tablee.name" $h2o }}-{node}.{{ include "tablee.name" (dict "root" . "component" "h2o-peers") }}:{{ include "tablee.port" $h2o }}"
- {name: TABLEE_H2O__NODES, value: {{ .Values.h2o.nodes | quote }}}
- name: TABLEE_H2O__USERNAME
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" $h2o }}, key: username}}
- name: TABLEE_H2O__PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "tablee.secret" $h2o }}, key: password}}
- {name: TABLEE_HOLDOUT, value: {{ $train.holdout | quote }}}
- {name: TABLEE_PROMOTION, value: {{ $train.promotion }}}
{{- if $train.request.dataset }}
{{- range $key, $value := $train.request }}
{{- $name := printf "TABLEE_REQUEST__%s" ($key | snakecase | upper) }}
{{- if or (kindIs "float64" $value) (kindIs "int64" $value) }}
- {name: {{ $name }}, value: {{ int64 $value | quote }}}
{{- else if $value }}
- {name: {{ $name }}, value: {{ kindIs "slice" $value | ternary (toJson $value) (toString $value) | quote }}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
