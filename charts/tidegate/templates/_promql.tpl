{{/* Selects the series of this release, for every way to scrape them: a Deployment's pods are NAME-HASH-HASH. */}}
{{- define "tidegate.matchers" -}}
{{- if .Values.monitoring.matchers -}}
{{- .Values.monitoring.matchers -}}
{{- else -}}
{{- printf "namespace=%q,pod=~%q" .Release.Namespace (printf "%s-[a-z0-9]+-[a-z0-9]+" (include "tidegate.fullname" .)) -}}
{{- end -}}
{{- end -}}

{{/* Pods that hand their clients over. They are in neither sum: their clients are counted in the pods where they arrive. For a
     minute after the end of a pod its last sample would be counted, too, so a small fleet would grow again right after it
     has shrunk. A sum that is too small during a drain does no harm: the fleet shrinks only to the largest size wanted in a
     window that is longer than that. */}}
{{- define "tidegate.draining" -}}
on (namespace, pod) (last_over_time(websocket_draining{ {{- include "tidegate.matchers" . -}} }[1m]) == 1)
{{- end -}}

{{/* All open connections. The HPA divides by the number of pods: a query that did so too would divide twice.
     Pods report their numbers to each other in rounds, and each shows the sum: if Prometheus read the pods one after the other,
     it would count a client twice that moves between two reads. If no pod knows the sum (it is NaN while the relay is down), the
     pods' own numbers count.
     max: an HA pair of Prometheus has each series twice. last_over_time: a missed scrape is no loss of clients. */}}
{{- define "tidegate.connectionsQuery" -}}
max(last_over_time(websocket_fleet_connections{ {{- include "tidegate.matchers" . -}} }[1m]) >= 0) or sum(max by (namespace, pod) (last_over_time(websocket_active_connections{ {{- include "tidegate.matchers" . -}} }[1m]) unless {{ include "tidegate.draining" . }}))
{{- end -}}

{{/* All messages that clients send, a second. Messages from the relay are not counted: each pod gets all of them, and more pods
     would not make them fewer. */}}
{{- define "tidegate.messagesQuery" -}}
sum(max by (namespace, pod) (rate(websocket_messages_received_total{ {{- include "tidegate.matchers" . -}} }[{{ .Values.autoscaling.messages.window }}]) unless {{ include "tidegate.draining" . }}))
{{- end -}}
