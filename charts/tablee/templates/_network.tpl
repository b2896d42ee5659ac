{{/*
The pieces of network policies.
*/}}

{{/* The pods of a component as a peer; takes a dict of `root` and `component`. */}}
{{- define "tablee.peer" -}}
podSelector: {matchLabels: {{ include "tablee.selector" . | fromYaml | toJson }}}
{{- end -}}

{{/* The head of a component's policy; takes a dict of `root` and `component`. */}}
{{- define "tablee.policy" -}}
podSelector:
  matchLabels:
    {{- include "tablee.selector" . | nindent 4 }}
policyTypes: [Ingress, Egress]
{{- end -}}

{{/* To the cluster's name server. */}}
{{- define "tablee.egress.dns" -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
{{- end -}}

{{/* To a component's port `http`; takes a dict of `root` and `component`. */}}
{{- define "tablee.egress" -}}
- to:
    - {{ include "tablee.peer" . }}
  ports: [{port: {{ include "tablee.port" . }}}]
{{- end -}}

{{/* To the object store; takes the root context. */}}
{{- define "tablee.egress.objects" -}}
{{- if .Values.minio.enabled -}}
{{ include "tablee.egress" (dict "root" . "component" "minio") }}
{{- else -}}
{{ include "tablee.egress.outside" .Values.networkPolicy.external.objectStore }}
{{- end -}}
{{- end -}}

{{/* To a service outside the namespace; takes its addresses and ports. */}}
{{- define "tablee.egress.outside" -}}
- ports: [{{ range $i, $port := .ports }}{{ if $i }}, {{ end }}{port: {{ $port }}}{{ end }}]
  {{- with .cidrs }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* From those who read metrics, at port `http`; takes the root context. */}}
{{- define "tablee.ingress.metrics" -}}
{{- with .Values.networkPolicy.metricsFrom -}}
- from:
    {{- toYaml . | nindent 4 }}
  ports: [{port: http}]
{{- end -}}
{{- end -}}

{{/* From proxies and other applications, the items of `from`; takes the root context. */}}
{{- define "tablee.ingress.outside" -}}
{{- with .Values.networkPolicy.ingressFrom }}
{{- toYaml . }}
{{- end }}
{{- end -}}
