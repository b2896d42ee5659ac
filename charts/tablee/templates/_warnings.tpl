{{/*
Settings that work and may still not be what was meant; takes the root context. What cannot work fails where it is rendered.
*/}}
{{- define "tablee.warnings" -}}
{{- $v := .Values -}}
{{- if and $v.access.host (not $v.access.tls.enabled) (or $v.access.ingress.enabled $v.access.gateway.enabled) }}
  - access.tls.enabled is false: the key travels in the clear between people and your proxy.
{{- end }}
{{- if and (not $v.api.autoscaling.enabled) (lt (int $v.api.replicas) 2) }}
  - api.replicas is 1: a node drain interrupts predictions.
{{- end }}
{{- if and $v.api.autoscaling.enabled (not ($v.api.resources.requests).cpu) }}
  - api.autoscaling needs api.resources.requests.cpu: without it there is no share to scale by.
{{- end }}
{{- if ne (($v.h2o.resources.requests).memory | toString) (($v.h2o.resources.limits).memory | toString) }}
  - h2o.resources: memory asked for and limit differ; a node may be killed for memory it was never promised.
{{- end }}
{{- if and $v.minio.enabled $v.minio.external.endpoint }}
  - minio.external is ignored while minio.enabled is true.
{{- end }}
{{- if and $v.postgres.enabled $v.postgres.external.host }}
  - postgres.external is ignored while postgres.enabled is true.
{{- end }}
{{- if not $v.networkPolicy.enabled }}
  - networkPolicy.enabled is false: every pod of the cluster reaches the database, the object store and H2O.
{{- end }}
{{- if and (gt (int $v.upload.maxMib) 500) (hasSuffix "Mi" (($v.ui.resources.limits).memory | toString)) }}
  - upload.maxMib is {{ $v.upload.maxMib }}: give ui, api, controller and train the memory to hold such a file.
{{- end }}
{{- end -}}
