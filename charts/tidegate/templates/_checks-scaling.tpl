{{/* Scaling and leaving: values with which a fleet swings, does not scale, or cuts its clients. */}}
{{- define "tidegate.checkScaling" -}}
{{- $errors := list -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (eq .kind "hpa") -}}
{{- if lt (int .minReplicas) 1 -}}
{{- $errors = append $errors "autoscaling.minReplicas must be at least 1 with autoscaling.kind=hpa: an HPA does not scale from 0" -}}
{{- end -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- $errors = append $errors (printf "autoscaling.minReplicas (%d) must be at most autoscaling.maxReplicas (%d)" (int .minReplicas) (int .maxReplicas)) -}}
{{- end -}}
{{- if not (or .connections.enabled .messages.enabled .hpa.metrics) -}}
{{- $errors = append $errors "autoscaling has no metric: enable autoscaling.connections or autoscaling.messages, or set autoscaling.hpa.metrics" -}}
{{- end -}}
{{- if .extraTriggers -}}
{{- $errors = append $errors "autoscaling.extraTriggers needs KEDA: use autoscaling.hpa.metrics, or autoscaling.kind=keda" -}}
{{- end -}}
{{- else if .enabled -}}
{{- if .hpa.metrics -}}
{{- $errors = append $errors "autoscaling.hpa.metrics needs autoscaling.kind=hpa: with KEDA use autoscaling.extraTriggers" -}}
{{- end -}}
{{- $min := int .minReplicas -}}
{{- $max := int .maxReplicas -}}
{{- $address := .prometheus.serverAddress -}}
{{- $host := regexReplaceAll "^https?://([^/:]*).*$" $address "${1}" -}}
{{- if and (eq .source "prometheus") (or .connections.enabled .messages.enabled) -}}
{{- if eq $address "" -}}
{{- $errors = append $errors "autoscaling.prometheus.serverAddress is required: set the URL of Prometheus, such as http://prometheus.monitoring.svc:9090; or scale without Prometheus (autoscaling.source=metrics-api and autoscaling.messages.enabled=false); or not at all (autoscaling.enabled=false)" -}}
{{- else if and (not (contains "." $host)) (ne $host "") (not (hasPrefix "[" $host)) -}}
{{- $errors = append $errors (printf "autoscaling.prometheus.serverAddress (%s) is looked up from KEDA's namespace: write the whole host name, such as %s.NAMESPACE.svc" $address $host) -}}
{{- end -}}
{{- end -}}
{{- if eq .source "metrics-api" -}}
{{- if .messages.enabled -}}
{{- $errors = append $errors "autoscaling.messages needs Prometheus: a pod reports its connections to KEDA, but no rate; set autoscaling.messages.enabled=false or autoscaling.source=prometheus" -}}
{{- end -}}
{{- if eq $min 0 -}}
{{- $errors = append $errors "autoscaling.minReplicas must be at least 1 with autoscaling.source=metrics-api: without a pod no load is reported, and the fleet would stay at 0" -}}
{{- end -}}
{{- end -}}
{{- if gt $min $max -}}
{{- $errors = append $errors (printf "autoscaling.minReplicas (%d) must be at most autoscaling.maxReplicas (%d)" $min $max) -}}
{{- end -}}
{{- if not (or .connections.enabled .messages.enabled .extraTriggers) -}}
{{- $errors = append $errors "autoscaling has no trigger: enable autoscaling.connections or autoscaling.messages, or add one to autoscaling.extraTriggers" -}}
{{- end -}}
{{- if and (eq $min 0) (eq .source "prometheus") (not .extraTriggers) -}}
{{- $errors = append $errors "autoscaling.minReplicas is 0, and no trigger could start the fleet, because clients cannot connect while no pod runs: set at least 1, or add a trigger (such as cron) to autoscaling.extraTriggers" -}}
{{- end -}}
{{- if and (ne (toString .fallback.replicas) "") (or (lt (int .fallback.replicas) $min) (gt (int .fallback.replicas) $max)) -}}
{{- $errors = append $errors (printf "autoscaling.fallback.replicas (%d) must be from autoscaling.minReplicas (%d) to maxReplicas (%d)" (int .fallback.replicas) $min $max) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml (concat $errors (include "tidegate.checkAuthentication" . | fromYamlArray) (include "tidegate.checkTarget" . | fromYamlArray)) -}}
{{- end -}}

{{/* How KEDA authenticates at Prometheus. KEDA refuses a mode together with a pod identity, and does not sign requests to AWS without a region. */}}
{{- define "tidegate.checkAuthentication" -}}
{{- $errors := list -}}
{{- with .Values.autoscaling.prometheus -}}
{{- $at := "autoscaling.prometheus.authentication" -}}
{{- $ways := list -}}
{{- range $way := list "existing" "secretTargetRef" "podIdentity" -}}
{{- if get $.Values.autoscaling.prometheus.authentication $way -}}
{{- $ways = append $ways $way -}}
{{- end -}}
{{- end -}}
{{- if gt (len $ways) 1 -}}
{{- $errors = append $errors (printf "%s.%s exclude each other: set only one of them" $at (join " and " $ways)) -}}
{{- end -}}
{{- if and .authentication.secretTargetRef (not .authentication.modes) -}}
{{- $errors = append $errors (printf "%s.modes is empty: set how KEDA uses the Secret (apiKey, basic, bearer, custom, oauth or tls)" $at) -}}
{{- end -}}
{{- if and .authentication.modes (not $ways) -}}
{{- $errors = append $errors (printf "%s.modes (%s) is set without credentials: set secretTargetRef or existing" $at .authentication.modes) -}}
{{- end -}}
{{- if .authentication.podIdentity -}}
{{- if .authentication.modes -}}
{{- $errors = append $errors (printf "%s.modes (%s) must be empty with podIdentity: KEDA refuses both together" $at .authentication.modes) -}}
{{- end -}}
{{- if not .authentication.podIdentity.provider -}}
{{- $errors = append $errors (printf "%s.podIdentity.provider is empty: set aws, azure-workload or gcp" $at) -}}
{{- end -}}
{{- if and (eq (default "" .authentication.podIdentity.provider) "aws") (not .metadata.awsRegion) -}}
{{- $errors = append $errors "autoscaling.prometheus.metadata.awsRegion is empty: without it KEDA signs no request to Amazon's Prometheus" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{/* The HPA tolerates a tenth above the target. If a pod is full before it exceeds that, the fleet never grows. */}}
{{- define "tidegate.checkTarget" -}}
{{- $errors := list -}}
{{- $scaling := .Values.autoscaling -}}
{{- $limit := int64 .Values.config.limits.connections -}}
{{- $target := int64 $scaling.connections.target -}}
{{- if and $scaling.enabled $scaling.connections.enabled (gt (mul $target 11) (mul $limit 10)) -}}
{{- $errors = append $errors (printf "config.limits.connections (%d) must be at least 1.1 times autoscaling.connections.target (%d): the HPA tolerates a tenth above the target, and if pods are full before they exceed that, the fleet never grows" $limit $target) -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkLeaving" -}}
{{- $errors := list -}}
{{- $leaving := include "tidegate.leaving" . | int64 -}}
{{- $drain := .Values.config.drain.timeout -}}
{{- $grace := .Values.terminationGracePeriodSeconds -}}
{{- if and (ne (toString $grace) "") (lt (int64 $grace) $leaving) -}}
{{- $errors = append $errors (printf "terminationGracePeriodSeconds (%d) must be at least %d, the sum of preStopSeconds (%d) and config.drain.timeout (%s). Otherwise Kubernetes kills pods that are still draining. If it is empty, it is computed" (int64 $grace) $leaving (int64 .Values.preStopSeconds) $drain) -}}
{{- end -}}
{{- $scaleDown := default dict .Values.autoscaling.behavior.scaleDown -}}
{{- $window := get $scaleDown "stabilizationWindowSeconds" -}}
{{- $reasons := printf "preStopSeconds (%d) and config.drain.timeout (%s)" (int64 .Values.preStopSeconds) $drain -}}
{{- $least := $leaving -}}
{{- if and .Values.autoscaling.messages.enabled (eq .Values.autoscaling.source "prometheus") -}}
{{- /* The pods that have taken over the clients do not have their message rate yet. */ -}}
{{- $least = add $least (include "tidegate.seconds" .Values.autoscaling.messages.window) -}}
{{- $reasons = printf "%s, and autoscaling.messages.window (%s) until the rate is complete again" $reasons .Values.autoscaling.messages.window -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (ne (toString $window) "") (lt (int64 $window) (int64 $least)) -}}
{{- $errors = append $errors (printf "autoscaling.behavior.scaleDown.stabilizationWindowSeconds (%d) must be at least %d, the sum of %s. Otherwise the fleet shrinks because clients are moving" (int64 $window) (int64 $least) $reasons) -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}
