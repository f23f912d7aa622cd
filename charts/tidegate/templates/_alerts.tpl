{{/* The alerts, as a list of rules. A page for each, NAME.md, is in docs/runbooks; a test holds its expression and its
     numbers to these. */}}
{{- define "tidegate.alerts" -}}
{{- $m := include "tidegate.matchers" . -}}
{{- $a := .Values.alerts -}}
{{- $name := include "tidegate.fullname" . -}}
{{- $ns := .Release.Namespace }}
- alert: TidegateConnectionsHigh
  expr: {{ printf "max by (namespace, pod) (websocket_active_connections{%s}) / max by (namespace, pod) (websocket_connection_limit{%s}) > %v" $m $m $a.connections.warning | quote }}
  for: 5m
  severity: warning
  summary: "{{`{{ $labels.pod }}`}} holds {{`{{ $value | humanizePercentage }}`}} of the connections it may"
  description: "Above 100 % it refuses new clients with 503. The fleet should have grown long before."
- alert: TidegateConnectionsFull
  expr: {{ printf "max by (namespace, pod) (websocket_active_connections{%s}) / max by (namespace, pod) (websocket_connection_limit{%s}) > %v" $m $m $a.connections.critical | quote }}
  for: 2m
  severity: critical
  summary: "{{`{{ $labels.pod }}`}} is full: {{`{{ $value | humanizePercentage }}`}} of the connections it may hold"
  description: "New clients that come to it are refused with 503."
- alert: TidegateConnectionsUneven
  expr: {{ printf "stddev by (namespace, job) (websocket_active_connections{%s}) / avg by (namespace, job) (websocket_active_connections{%s}) > %v and avg by (namespace, job) (websocket_active_connections{%s}) > 100" $m $m $a.uneven $m | quote }}
  for: 15m
  severity: info
  summary: "The pods of {{`{{ $labels.namespace }}`}} hold very different numbers of connections"
  description: "Their standard deviation is {{`{{ $value | humanizePercentage }}`}} of the mean: the proxy in front does not choose by connections, or some clients never reconnect."
- alert: TidegateHandshakesRejected
  expr: {{ printf "sum by (namespace, reason) (rate(websocket_connections_rejected_total{%s,reason!=\"draining\"}[5m])) > %v" $m $a.rejected | quote }}
  for: 10m
  severity: warning
  summary: "Clients are refused in {{`{{ $labels.namespace }}`}}: {{`{{ $labels.reason }}`}}"
  description: "{{`{{ $value | humanize }}`}} handshakes a second are refused for this reason."
- alert: TidegateTokensForged
  expr: {{ printf "sum by (namespace) (rate(websocket_auth_total{%s,outcome=\"invalid\"}[5m])) > %v" $m $a.tokens | quote }}
  for: 5m
  severity: warning
  summary: "Bad tokens come to {{`{{ $labels.namespace }}`}}"
  description: "{{`{{ $value | humanize }}`}} handshakes a second bring a token that is not valid."
- alert: TidegateReconnectStorm
  expr: {{ printf "60 * sum by (namespace) (rate(websocket_connections_opened_total{%s}[5m])) / sum by (namespace) (websocket_active_connections{%s}) > %v and sum by (namespace) (websocket_active_connections{%s}) > 100" $m $m $a.reconnects $m | quote }}
  for: 10m
  severity: warning
  summary: "Clients of {{`{{ $labels.namespace }}`}} reconnect all the time"
  description: "{{`{{ $value | humanizePercentage }}`}} of the fleet's connections are opened anew each minute."
- alert: TidegateForcedCloses
  expr: {{ printf "sum by (namespace) (increase(websocket_drain_closed_total{%s,outcome=\"forced\"}[10m])) > 0" $m | quote }}
  for: 0m
  severity: warning
  summary: "Draining pods of {{`{{ $labels.namespace }}`}} cut clients off"
  description: "{{`{{ $value | humanize }}`}} connections were still there at config.drain.timeout."
- alert: TidegateRelayDown
  expr: {{ printf "max by (namespace, pod) (websocket_relay_up{%s}) == 0" $m | quote }}
  for: 1m
  severity: critical
  summary: "{{`{{ $labels.pod }}`}} does not reach Redis"
  description: "Its clients get nothing from other pods and their messages are refused. After config.relay.grace it is unready."
- alert: TidegateAbsent
  expr: {{ printf "absent(websocket_active_connections{%s})" $m | quote }}
  for: 5m
  severity: critical
  summary: "Prometheus sees no pod of {{ $name }} in {{ $ns }}"
  description: "Nothing is scraped, or nothing runs. KEDA is blind: the fleet keeps its size."
{{- if .Values.autoscaling.enabled }}
{{- $hpa := printf "namespace=%q,horizontalpodautoscaler=%q" $ns $name }}
- alert: TidegateAtMaxReplicas
  expr: {{ printf "kube_horizontalpodautoscaler_status_desired_replicas{%s} >= kube_horizontalpodautoscaler_spec_max_replicas{%s}" $hpa $hpa | quote }}
  for: 15m
  severity: warning
  summary: "{{ $name }} in {{ $ns }} cannot grow further"
  description: "{{`{{ $value }}`}} pods are autoscaling.maxReplicas. More load fills the pods up to their limit."
- alert: TidegateScalerErrors
  expr: {{ printf "sum by (scaledObject) (rate(keda_scaler_detail_errors_total{namespace=%q,scaledObject=%q}[5m]) or rate(keda_scaler_detail_errors_total{exported_namespace=%q,scaledObject=%q}[5m])) > 0" $ns $name $ns $name | quote }}
  for: 5m
  severity: warning
  summary: "KEDA cannot read the load of {{ $name }} in {{ $ns }}"
  description: "The fleet does not follow its load: it keeps its size, or grows to autoscaling.fallback.replicas."
{{- end }}
{{- end -}}
