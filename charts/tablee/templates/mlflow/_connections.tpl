{{/*
How many connections to the database each of MLflow's pools may open, so that all of them together fit beneath what the
server allows: pods x (workers + the process that starts them) x 2 (tracking store, registry) pools. A pool holds 2 at
least: MLflow reads 0 as "not set". More than 15 are of no use to a worker. Takes the root context.
*/}}
{{- define "tablee.mlflow.connections" -}}
{{- $mlflow := .Values.mlflow -}}
{{- $pools := mul $mlflow.replicas (add1 $mlflow.workers) 2 -}}
{{- $free := sub .Values.postgres.maxConnections .Values.postgres.reservedConnections -}}
{{- $each := div $free $pools -}}
{{- if lt $each 2 -}}
{{- fail (printf "%d pools of MLflow (mlflow.replicas x (mlflow.workers + 1) x 2) need 2 connections each, and only %d are free: raise postgres.maxConnections or lower mlflow.replicas or mlflow.workers" $pools $free) -}}
{{- end -}}
{{ min $each 15 }}
{{- end -}}
