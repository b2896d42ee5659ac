{{/*
What only a worker of a scoring is told by the chart; the controller adds which scoring it is, Kubernetes which worker.
Takes the root context.
*/}}

{{- define "tablee.env.score" -}}
- {name: TABLEE_JVM_HEAP, value: {{ .Values.score.jvmHeap }}}
{{- end -}}
