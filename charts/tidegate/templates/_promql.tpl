{{/* Selects the series of this release, however Prometheus came by them: a Deployment's pods are NAME-HASH-HASH. */}}
{{- define "tidegate.matchers" -}}
{{- if .Values.monitoring.matchers -}}
{{- .Values.monitoring.matchers -}}
{{- else -}}
{{- printf "namespace=%q,pod=~%q" .Release.Namespace (printf "%s-[a-z0-9]+-[a-z0-9]+" (include "tidegate.fullname" .)) -}}
{{- end -}}
{{- end -}}

{{/* Pods that hand their clients over. They stand in neither sum: what leaves them is counted where it arrives, and for a
     minute after a pod has gone its last sample would be counted too, which lets a small fleet grow again right after it
     has shrunk. To count too little for the time of a drain does no harm: the fleet shrinks only by the highest wish of a
     window that is longer than that. */}}
{{- define "tidegate.draining" -}}
on (namespace, pod) (last_over_time(websocket_draining{ {{- include "tidegate.matchers" . -}} }[1m]) == 1)
{{- end -}}

{{/* All open connections. The HPA divides by the number of pods: a query that did so too would divide twice.
     Pods tell each other their numbers in rounds, and each shows the sum: pods that Prometheus reads one after the other
     would count a client twice who moves between two reads. Where no pod knows it (it is NaN while the relay is down), the
     pods' own numbers count.
     max: an HA pair of Prometheus has each series twice. last_over_time: a missed scrape is no loss of clients. */}}
{{- define "tidegate.connectionsQuery" -}}
max(last_over_time(websocket_fleet_connections{ {{- include "tidegate.matchers" . -}} }[1m]) >= 0) or sum(max by (namespace, pod) (last_over_time(websocket_active_connections{ {{- include "tidegate.matchers" . -}} }[1m]) unless {{ include "tidegate.draining" . }}))
{{- end -}}

{{/* All messages that clients send, a second. Not those that the relay brings: each pod gets all of them, and more pods
     would not make them fewer. */}}
{{- define "tidegate.messagesQuery" -}}
sum(max by (namespace, pod) (rate(websocket_messages_received_total{ {{- include "tidegate.matchers" . -}} }[{{ .Values.autoscaling.messages.window }}]) unless {{ include "tidegate.draining" . }}))
{{- end -}}
