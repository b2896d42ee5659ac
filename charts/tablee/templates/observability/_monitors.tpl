{{/*
The pieces of what an operator's Prometheus reads. The jobs' names are the same as in charts/monitoring, for rules and
dashboards look for them.
*/}}

{{/* The head of a monitor or a set of rules; takes a dict of `root` and `component`. */}}
{{- define "tablee.observability.metadata" -}}
{{ include "tablee.metadata" . }}
{{- with .root.Values.observability.labels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An endpoint; takes a dict of `root`, `port`, `path` and `job`. */}}
{{- define "tablee.observability.endpoint" -}}
- port: {{ .port }}
  path: {{ .path }}
  interval: {{ .root.Values.observability.interval }}
  relabelings:
    - {sourceLabels: [__meta_kubernetes_service_label_app_kubernetes_io_component], targetLabel: job, replacement: {{ .job }}}
    - {sourceLabels: [__meta_kubernetes_service_label_app_kubernetes_io_instance], targetLabel: release}
{{- end -}}
