{{/* The alerts, as a list of rules. docs/runbooks has a page for each, NAME.md; a test compares its expression and its
     numbers with these. */}}
{{- define "tidegate.alerts" -}}
{{- $m := include "tidegate.matchers" . -}}
{{- $a := .Values.alerts -}}
{{- $name := include "tidegate.fullname" . -}}
{{- $ns := .Release.Namespace }}
- alert: TidegateConnectionsHigh
  expr: {{ printf "max by (namespace, pod) (websocket_active_connections{%s}) / max by (namespace, pod) (websocket_connection_limit{%s}) > %v" $m $m $a.connections.warning | quote }}
  for: 5m
  severity: warning
  summary: "{{`{{ $labels.pod }}`}} holds {{`{{ $value | humanizePercentage }}`}} of its connection limit"
  description: "At 100 % the pod refuses new clients with 503. The fleet should have grown before."
- alert: TidegateConnectionsFull
  expr: {{ printf "max by (namespace, pod) (websocket_active_connections{%s}) / max by (namespace, pod) (websocket_connection_limit{%s}) > %v" $m $m $a.connections.critical | quote }}
  for: 2m
  severity: critical
  summary: "{{`{{ $labels.pod }}`}} is nearly full: {{`{{ $value | humanizePercentage }}`}} of its connection limit"
  description: "At 100 % the pod refuses new clients with 503."
- alert: TidegateConnectionsUneven
  expr: {{ printf "stddev by (namespace, job) (websocket_active_connections{%s}) / avg by (namespace, job) (websocket_active_connections{%s}) > %v and avg by (namespace, job) (websocket_active_connections{%s}) > 100" $m $m $a.uneven $m | quote }}
  for: 15m
  severity: info
  summary: "The pods of {{`{{ $labels.namespace }}`}} hold very different numbers of connections"
  description: "Their standard deviation is {{`{{ $value | humanizePercentage }}`}} of the mean. Either the proxy does not balance by connections, or some clients never reconnect."
- alert: TidegateHandshakesRejected
  expr: {{ printf "sum by (namespace, reason) (rate(websocket_connections_rejected_total{%s,reason!~\"draining|elsewhere\"}[5m])) > %v" $m $a.rejected | quote }}
  for: 10m
  severity: warning
  summary: "Clients are refused in {{`{{ $labels.namespace }}`}}: {{`{{ $labels.reason }}`}}"
  description: "{{`{{ $value | humanize }}`}} handshakes a second are refused for this reason."
- alert: TidegateTokensForged
  expr: {{ printf "sum by (namespace) (rate(websocket_auth_total{%s,outcome=\"invalid\"}[5m])) > %v" $m $a.tokens | quote }}
  for: 5m
  severity: warning
  summary: "Clients send bad tokens to {{`{{ $labels.namespace }}`}}"
  description: "{{`{{ $value | humanize }}`}} handshakes a second have a token that is not valid."
- alert: TidegateApiErrors
  expr: {{ printf "sum by (namespace) (rate(websocket_api_requests_total{%s,status=~\"5..\"}[5m])) / sum by (namespace) (rate(websocket_api_requests_total{%s}[5m])) > %v" $m $m $a.apiErrors | quote }}
  for: 5m
  severity: warning
  summary: "Requests of back ends fail in {{`{{ $labels.namespace }}`}}"
  description: "{{`{{ $value | humanizePercentage }}`}} of the requests to the HTTP API are answered by 500 or 503."
- alert: TidegateCertificateExpires
  {{- /* Without TLS the metric is NaN, which is not below any number. */}}
  expr: {{ printf "min by (namespace) (tidegate_tls_certificate_expiry_timestamp_seconds{%s}) - time() < 86400 * %v" $m $a.certificate | quote }}
  for: 15m
  severity: warning
  summary: "The certificate of {{`{{ $labels.namespace }}`}} expires in {{`{{ $value | humanizeDuration }}`}}"
  description: "After that no client can connect. Either the Secret of tls.existingSecret was not renewed, or the pods do not accept the new certificate."
- alert: TidegateReconnectStorm
  expr: {{ printf "60 * sum by (namespace) (rate(websocket_connections_opened_total{%s}[5m])) / sum by (namespace) (websocket_active_connections{%s}) > %v and sum by (namespace) (websocket_active_connections{%s}) > 100" $m $m $a.reconnects $m | quote }}
  for: 10m
  severity: warning
  summary: "Clients of {{`{{ $labels.namespace }}`}} reconnect all the time"
  description: "{{`{{ $value | humanizePercentage }}`}} of the fleet's connections are opened each minute."
- alert: TidegateForcedCloses
  expr: {{ printf "sum by (namespace) (increase(websocket_drain_closed_total{%s,outcome=\"forced\"}[10m])) > 0" $m | quote }}
  for: 0m
  severity: warning
  summary: "Draining pods of {{`{{ $labels.namespace }}`}} cut connections"
  description: "{{`{{ $value | humanize }}`}} connections were still open at config.drain.timeout."
- alert: TidegateRelayDown
  expr: {{ printf "max by (namespace, pod) (websocket_relay_up{%s}) == 0" $m | quote }}
  for: 1m
  severity: critical
  summary: "{{`{{ $labels.pod }}`}} does not reach Redis"
  description: "Its clients get no messages from other pods, and the messages that they send are refused. After config.relay.grace the pod is unready."
- alert: TidegateRecoveriesLost
  expr: {{ printf "sum by (namespace) (rate(websocket_recoveries_total{%s,outcome=\"lost\"}[15m])) / sum by (namespace) (rate(websocket_recoveries_total{%s}[15m])) > %v and sum by (namespace) (increase(websocket_recoveries_total{%s,outcome=\"lost\"}[15m])) > 10" $m $m $a.lostRecoveries $m | quote }}
  for: 5m
  severity: warning
  summary: "Clients of {{`{{ $labels.namespace }}`}} reconnect and have missed messages"
  description: "The history did not reach back for {{`{{ $value | humanizePercentage }}`}} of the topics that clients resumed."
- alert: TidegateSlowConsumers
  expr: {{ printf "60 * sum by (namespace) (rate(websocket_slow_consumers_total{%s}[10m])) / sum by (namespace) (websocket_active_connections{%s}) > %v and sum by (namespace) (websocket_active_connections{%s}) > 100" $m $m $a.slowConsumers $m | quote }}
  for: 10m
  severity: warning
  summary: "Clients of {{`{{ $labels.namespace }}`}} read too slowly"
  description: "{{`{{ $value | humanizePercentage }}`}} of the connections are closed each minute, because config.limits.queue is full."
- alert: TidegateRelayLag
  expr: {{ printf "histogram_quantile(0.99, sum by (namespace, pod, le) (rate(websocket_relay_lag_seconds_bucket{%s}[5m]))) > %v" $m $a.relayLag | quote }}
  for: 10m
  severity: warning
  summary: "Messages reach {{`{{ $labels.pod }}`}} late"
  description: "One message in a hundred needs more than {{`{{ $value | humanizeDuration }}`}} from the pod that published it."
- alert: TidegateRelayErrors
  expr: {{ printf "max by (namespace, pod) (rate(websocket_relay_errors_total{%s}[5m])) > %v" $m $a.relayErrors | quote }}
  for: 5m
  severity: warning
  summary: "Operations of {{`{{ $labels.pod }}`}} on Redis fail"
  description: "{{`{{ $value | humanize }}`}} operations a second fail. Publishers get the error relay-unavailable and try again."
- alert: TidegateDescriptorsHigh
  expr: {{ printf "max by (namespace, pod) (process_open_fds{%s}) / max by (namespace, pod) (process_max_fds{%s}) > %v" $m $m $a.descriptors | quote }}
  for: 5m
  severity: critical
  summary: "{{`{{ $labels.pod }}`}} has used {{`{{ $value | humanizePercentage }}`}} of its descriptors"
  description: "At 100 % the pod accepts no connection and answers no probe."
- alert: TidegateMemoryHigh
  expr: {{ printf "max by (namespace, pod) (process_resident_memory_bytes{%s}) / max by (namespace, pod) (tidegate_memory_limit_bytes{%s}) > %v" $m $m $a.memory | quote }}
  for: 10m
  severity: warning
  summary: "{{`{{ $labels.pod }}`}} uses {{`{{ $value | humanizePercentage }}`}} of its memory limit"
  description: "At 100 % the kernel kills the pod, and its clients are disconnected without a notice."
- alert: TidegatePodUnscraped
  expr: {{ printf "max by (namespace, pod) (up{%s}) == 0" $m | quote }}
  for: 5m
  severity: warning
  summary: "Prometheus cannot read {{`{{ $labels.pod }}`}}"
  description: "Its clients are not in any sum, so the fleet may be too small. No other alert covers this pod."
{{- /* A fleet that may have no pod has none to be seen. */}}
{{- $fewest := .Values.autoscaling.enabled | ternary .Values.autoscaling.minReplicas .Values.replicas }}
{{- if or (kindIs "invalid" $fewest) (gt (int $fewest) 0) }}
- alert: TidegateAbsent
  expr: {{ printf "absent(websocket_active_connections{%s})" $m | quote }}
  for: 5m
  severity: critical
  summary: "Prometheus sees no pod of {{ $name }} in {{ $ns }}"
  description: "Nothing is scraped, or nothing runs. KEDA is blind: the fleet keeps its size."
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- $hpa := printf "namespace=%q,horizontalpodautoscaler=%q" $ns $name }}
- alert: TidegateAtMaxReplicas
  {{- /* Without the labels of the kube-state-metrics pod: if another pod of it takes over, the 15 minutes continue. */}}
  expr: {{ printf "max without (instance, node, pod) (kube_horizontalpodautoscaler_status_desired_replicas{%s}) >= max without (instance, node, pod) (kube_horizontalpodautoscaler_spec_max_replicas{%s})" $hpa $hpa | quote }}
  for: 15m
  severity: warning
  summary: "{{ $name }} in {{ $ns }} cannot grow further"
  description: "{{`{{ $value }}`}} pods are autoscaling.maxReplicas. More load fills the pods up to their limit."
{{- if eq .Values.autoscaling.kind "keda" }}
{{- /* KEDA counts a scaler's errors only until the fallback begins. After that only failed requests and empty answers show that
       it gets no numbers. If KEDA is scraped without honorLabels, the ScaledObject's namespace is exported_namespace. */}}
{{- $errors := list }}
{{- range $label := list "namespace" "exported_namespace" }}
{{- $errors = append $errors (printf "rate(keda_scaler_detail_errors_total{%s=%q,scaledObject=%q}[5m])" $label $ns $name) }}
{{- $errors = append $errors (printf "rate(keda_scaler_http_requests_total{%s=%q,scaled_resource=%q,status_code!~\"2..\"}[5m])" $label $ns $name) }}
{{- $errors = append $errors (printf "rate(keda_scaler_empty_upstream_responses_total{%s=%q,scaledResource=%q,ignoreNullValues=\"false\"}[5m])" $label $ns $name) }}
{{- end }}
- alert: TidegateScalerErrors
  expr: {{ printf "sum(%s) > 0" (join " or " $errors) | quote }}
  labels: {namespace: {{ $ns | quote }}, scaledObject: {{ $name | quote }}}
  for: 5m
  severity: warning
  summary: "KEDA cannot read the load of {{ $name }} in {{ $ns }}"
  description: "The fleet does not follow its load: it keeps its size, or grows to autoscaling.fallback.replicas."
{{- end }}
{{- end }}
{{- end -}}
