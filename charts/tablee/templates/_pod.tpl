{{/*
What all pods have in common. Each helper takes a dict of `root` and `component`.
*/}}

{{- define "tablee.image" -}}
{{- $image := (get .root.Values .component).image -}}
{{- with .root.Values.images.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end -}}

{{/* Labels and annotations of a pod template. The chart's version is left out: it alone restarts nothing. */}}
{{- define "tablee.podMetadata" -}}
{{- $pod := (get .root.Values .component).pod -}}
labels:
  {{- include "tablee.selector" . | nindent 2 }}
  app.kubernetes.io/part-of: tablee
  {{- with $pod.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $pod.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Identity, security and scheduling of a pod: the head of its spec. */}}
{{- define "tablee.podSpec" -}}
{{- $values := get .root.Values .component -}}
{{- $uid := ternary 999 10001 (eq .component "postgres") -}}
{{- if hasKey $values "serviceAccount" }}
serviceAccountName: {{ include "tablee.name" . }}
{{- end }}
automountServiceAccountToken: {{ eq .component "controller" }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $uid }}
  runAsGroup: {{ $uid }}
  fsGroup: {{ $uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $values.pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $values.pod $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The head of the main container: image, security, resources. */}}
{{- define "tablee.container" -}}
image: {{ include "tablee.image" . }}
imagePullPolicy: {{ .root.Values.images.pullPolicy }}
{{ include "tablee.locked" . }}
resources:
  {{- toYaml (get .root.Values .component).resources | nindent 2 }}
{{- end -}}

{{/* A container that can change nothing but its volumes. */}}
{{- define "tablee.locked" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Spread over zones and hosts where that can be had. */}}
{{- define "tablee.spread" -}}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tablee.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end -}}

{{/* The volume of a StatefulSet. Kept at uninstall. */}}
{{- define "tablee.volume" -}}
{{- $persistence := (get .root.Values .component).persistence -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  labels:
    {{- include "tablee.selector" . | nindent 4 }}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: {{ $persistence.size }}}}
  {{- with $persistence.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
{{- end -}}
