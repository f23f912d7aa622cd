{{/* What the schema cannot say: values that do not go together. All errors at once, each with what to
     change. */}}
{{- define "tidegate.check" -}}
{{- $errors := include "tidegate.checkFormats" . | fromYamlArray -}}
{{- if not $errors -}}
{{- range list "Settings" "Access" "Api" "Redis" "Scaling" "Leaving" "Rest" -}}
{{- $errors = concat $errors (include (printf "tidegate.check%s" .) $ | fromYamlArray) -}}
{{- end -}}
{{- end -}}
{{- if $errors -}}
{{- fail (printf "\n\nThese values cannot work:\n  - %s\n" (join "\n  - " $errors)) -}}
{{- end -}}
{{- end -}}

{{/* Durations and sizes, with the server's own ranges. Beyond these the templates may compute with them. */}}
{{- define "tidegate.checkFormats" -}}
{{- $duration := "^([0-9]{1,12}(ms|s|m|h)|P[0-9]{1,5}D|P([0-9]{1,5}D)?T([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}([.][0-9]{1,3})?S)?)$" -}}
{{- $ranges := list
    (list "heartbeat" "duration" "10ms" "1h")
    (list "idle" "duration" "10ms" "24h")
    (list "limits.message" "size" "1" "64MiB")
    (list "limits.queue" "size" "1KiB" "1GiB")
    (list "auth.leeway" "duration" "0s" "600s")
    (list "relay.grace" "duration" "0s" "1h")
    (list "history.ttl" "duration" "100ms" "720h")
    (list "history.topic" "size" "1KiB" "1GiB")
    (list "drain.notice" "duration" "0s" "24h")
    (list "drain.window" "duration" "0s" "24h")
    (list "drain.timeout" "duration" "0s" "24h")
    (list "rebalance.interval" "duration" "100ms" "60s") -}}
{{- $errors := list -}}
{{- range $ranges -}}
{{- $kind := index . 1 -}}
{{- $value := $.Values.config -}}
{{- range splitList "." (index . 0) -}}
{{- $value = get $value . -}}
{{- end -}}
{{- $text := include "tidegate.text" $value -}}
{{- $good := regexMatch (eq $kind "duration" | ternary $duration "^[0-9]{1,10}(|KiB|MiB|GiB)$") $text -}}
{{- $good = and $good (not (hasSuffix "T" $text)) -}}
{{- if $good -}}
{{- $measure := eq $kind "duration" | ternary "tidegate.millis" "tidegate.bytes" -}}
{{- $number := include $measure $text | int64 -}}
{{- $good = and (ge $number (include $measure (index . 2) | int64)) (le $number (include $measure (index . 3) | int64)) -}}
{{- end -}}
{{- if not $good -}}
{{- $errors = append $errors (printf "config.%s (%s) must be a %s from %s to %s" (index . 0) $text $kind (index . 2) (index . 3)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{/* The same rules as the server's own, so that a pod that would not start is not made. */}}
{{- define "tidegate.checkSettings" -}}
{{- $errors := list -}}
{{- with .Values.config -}}
{{- if eq (int .port) (int .management.port) -}}
{{- $errors = append $errors (printf "config.management.port must differ from config.port (both are %d)" (int .port)) -}}
{{- end -}}
{{- if and $.Values.api.enabled (has (int .api.port) (list (int .port) (int .management.port))) -}}
{{- $errors = append $errors (printf "config.api.port (%d) must differ from config.port and config.management.port" (int .api.port)) -}}
{{- end -}}
{{- if le (include "tidegate.millis" .idle | int64) (include "tidegate.millis" .heartbeat | int64) -}}
{{- $errors = append $errors (printf "config.idle (%s) must be more than config.heartbeat (%s)" .idle .heartbeat) -}}
{{- end -}}
{{- if lt (include "tidegate.bytes" .limits.queue | int64) (include "tidegate.bytes" .limits.message | int64) -}}
{{- $errors = append $errors (printf "config.limits.queue (%s) must be at least config.limits.message (%s)" (include "tidegate.text" .limits.queue) (include "tidegate.text" .limits.message)) -}}
{{- end -}}
{{- if ge (add (include "tidegate.millis" .drain.notice) (include "tidegate.millis" .drain.window)) (include "tidegate.millis" .drain.timeout | int64) -}}
{{- $errors = append $errors (printf "config.drain.timeout (%s) must be more than config.drain.notice (%s) and config.drain.window (%s) together" .drain.timeout .drain.notice .drain.window) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkAccess" -}}
{{- $errors := list -}}
{{- $auth := .Values.auth -}}
{{- $config := .Values.config.auth -}}
{{- $sets := compact (list $config.jwks $auth.jwksKey $auth.jwksConfigMap.name) -}}
{{- $keyed := or $auth.secretKey $auth.jwksKey -}}
{{- $isClosed := or $sets $auth.secretKey -}}
{{- $exposed := list -}}
{{- if .Values.ingress.enabled -}}
{{- $exposed = append $exposed "ingress.enabled" -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- $exposed = append $exposed "gateway.enabled" -}}
{{- end -}}
{{- if eq .Values.service.type "LoadBalancer" -}}
{{- $exposed = append $exposed "service.type=LoadBalancer" -}}
{{- end -}}
{{- if and $exposed (not $isClosed) (not $config.open) -}}
{{- $errors = append $errors (printf "%s would let everybody read and write every topic: close the fleet (auth.existingSecret and auth.secretKey, or config.auth.jwks and config.auth.audience; docs/security.md), or set config.auth.open=true if that is meant" (join ", " $exposed)) -}}
{{- end -}}
{{- if and $isClosed $config.open -}}
{{- $errors = append $errors "config.auth.open is true, but a key closes the fleet: set one of them" -}}
{{- end -}}
{{- if gt (len $sets) 1 -}}
{{- $errors = append $errors "config.auth.jwks, auth.jwksKey and auth.jwksConfigMap.name all say where the JWK Set is: set one of them" -}}
{{- end -}}
{{- if and $sets (eq $config.audience "") -}}
{{- $errors = append $errors "config.auth.audience is empty: name the audience of your tokens, since the issuer of a JWK Set may serve others, too" -}}
{{- end -}}
{{- if and $config.cookie (eq .Values.config.origins "*") -}}
{{- $errors = append $errors "config.auth.cookie needs config.origins other than *, since browsers send cookies for every web page" -}}
{{- end -}}
{{- if and $keyed (not $auth.existingSecret) -}}
{{- $errors = append $errors "auth.existingSecret is empty: name the Secret that holds auth.secretKey or auth.jwksKey" -}}
{{- end -}}
{{- if and $auth.existingSecret (not $keyed) -}}
{{- $errors = append $errors "auth.existingSecret is set, but none of its keys: set auth.secretKey or auth.jwksKey" -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkApi" -}}
{{- $errors := list -}}
{{- with .Values.api -}}
{{- if and .enabled (not .existingSecret) -}}
{{- $errors = append $errors "api.existingSecret is empty: name the Secret that holds api.keysKey, the keys of the API" -}}
{{- end -}}
{{- if and .existingSecret (not .enabled) -}}
{{- $errors = append $errors "api.existingSecret is set, but the API is not open: set api.enabled" -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkRedis" -}}
{{- $errors := list -}}
{{- $redis := .Values.redis -}}
{{- $url := .Values.config.relay.url -}}
{{- $several := or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) -}}
{{- if and $several (eq $url "") (not (or $redis.trial.enabled $redis.urlKey $redis.configKey)) -}}
{{- $errors = append $errors "config.relay.url is empty, and without Redis a message stays in its pod: set it, or run a single pod (autoscaling.enabled=false, replicas=1)" -}}
{{- end -}}
{{- if and $redis.trial.enabled (not (has $url (list "" "redis://redis:6379"))) -}}
{{- $errors = append $errors "redis.trial.enabled makes a Redis of its own: leave config.relay.url alone, or switch the trial off" -}}
{{- end -}}
{{- if and $redis.trial.enabled (or $redis.urlKey $redis.configKey $redis.usernameKey $redis.passwordKey) -}}
{{- $errors = append $errors "redis.trial.enabled makes a Redis of its own that needs no credentials: leave the redis.*Key values empty, or switch the trial off" -}}
{{- end -}}
{{- if and $redis.urlKey $redis.configKey -}}
{{- $errors = append $errors "redis.urlKey and redis.configKey both say where Redis is: set one of them" -}}
{{- end -}}
{{- $keyed := or $redis.usernameKey $redis.passwordKey $redis.urlKey $redis.configKey -}}
{{- if and $keyed (not $redis.existingSecret) -}}
{{- $errors = append $errors "redis.existingSecret is empty: name the Secret that holds redis.usernameKey, passwordKey, urlKey or configKey" -}}
{{- end -}}
{{- if and $redis.existingSecret (not $keyed) -}}
{{- $errors = append $errors "redis.existingSecret is set, but none of its keys: set redis.passwordKey, usernameKey, urlKey or configKey" -}}
{{- end -}}
{{- if and (contains "@" $url) (or $redis.usernameKey $redis.passwordKey) -}}
{{- $errors = append $errors "config.relay.url holds credentials, and so does redis.existingSecret: take them out of the URL" -}}
{{- end -}}
{{- if and $redis.ca.configMap $redis.ca.secret -}}
{{- $errors = append $errors "redis.ca.configMap and redis.ca.secret both hold the certificates: set one of them" -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkScaling" -}}
{{- $errors := list -}}
{{- with .Values.autoscaling -}}
{{- if .enabled -}}
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
{{- $errors = append $errors "autoscaling.messages needs Prometheus: a pod tells KEDA its connections, but no rate; set autoscaling.messages.enabled=false or autoscaling.source=prometheus" -}}
{{- end -}}
{{- if eq $min 0 -}}
{{- $errors = append $errors "autoscaling.minReplicas must be at least 1 with autoscaling.source=metrics-api: with no pod nobody reports a load, and the fleet would stay at 0" -}}
{{- end -}}
{{- end -}}
{{- if gt $min $max -}}
{{- $errors = append $errors (printf "autoscaling.minReplicas (%d) must be at most autoscaling.maxReplicas (%d)" $min $max) -}}
{{- end -}}
{{- if not (or .connections.enabled .messages.enabled .extraTriggers) -}}
{{- $errors = append $errors "autoscaling has no trigger: enable autoscaling.connections or autoscaling.messages, or add one to autoscaling.extraTriggers" -}}
{{- end -}}
{{- if and (eq $min 0) (eq .source "prometheus") (not .extraTriggers) -}}
{{- $errors = append $errors "autoscaling.minReplicas is 0, and nothing could wake the fleet, since clients cannot connect to no pod: set at least 1, or add a trigger (such as cron) to autoscaling.extraTriggers" -}}
{{- end -}}
{{- if and (ne (toString .fallback.replicas) "") (or (lt (int .fallback.replicas) $min) (gt (int .fallback.replicas) $max)) -}}
{{- $errors = append $errors (printf "autoscaling.fallback.replicas (%d) must be from autoscaling.minReplicas (%d) to maxReplicas (%d)" (int .fallback.replicas) $min $max) -}}
{{- end -}}
{{- if and .prometheus.authentication.existing .prometheus.authentication.secretTargetRef -}}
{{- $errors = append $errors "autoscaling.prometheus.authentication.existing and secretTargetRef exclude each other: set one of them" -}}
{{- end -}}
{{- $authenticated := or .prometheus.authentication.existing .prometheus.authentication.secretTargetRef -}}
{{- if and $authenticated (not .prometheus.authentication.modes) -}}
{{- $errors = append $errors "autoscaling.prometheus.authentication.modes is empty: say how KEDA is to use the Secret (bearer, basic, tls or custom)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml (concat $errors (include "tidegate.checkTarget" . | fromYamlArray)) -}}
{{- end -}}

{{/* A pod that is full before it reaches the target never lets the fleet grow; the HPA tolerates a tenth. */}}
{{- define "tidegate.checkTarget" -}}
{{- $errors := list -}}
{{- $scaling := .Values.autoscaling -}}
{{- $limit := int64 .Values.config.limits.connections -}}
{{- $target := int64 $scaling.connections.target -}}
{{- if and $scaling.enabled $scaling.connections.enabled (gt (mul $target 11) (mul $limit 10)) -}}
{{- $errors = append $errors (printf "config.limits.connections (%d) must be at least 1.1 times autoscaling.connections.target (%d): the HPA tolerates a tenth, and a pod that is full before it exceeds that never lets the fleet grow" $limit $target) -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkLeaving" -}}
{{- $errors := list -}}
{{- $leaving := include "tidegate.leaving" . | int64 -}}
{{- $drain := .Values.config.drain.timeout -}}
{{- $grace := .Values.terminationGracePeriodSeconds -}}
{{- if and (ne (toString $grace) "") (lt (int64 $grace) $leaving) -}}
{{- $errors = append $errors (printf "terminationGracePeriodSeconds (%d) must be at least %d, or Kubernetes kills a pod that still drains: preStopSeconds (%d) and config.drain.timeout (%s); leave it empty to have it computed" (int64 $grace) $leaving (int64 .Values.preStopSeconds) $drain) -}}
{{- end -}}
{{- $scaleDown := default dict .Values.autoscaling.behavior.scaleDown -}}
{{- $window := get $scaleDown "stabilizationWindowSeconds" -}}
{{- $reasons := printf "preStopSeconds (%d) and config.drain.timeout (%s)" (int64 .Values.preStopSeconds) $drain -}}
{{- $least := $leaving -}}
{{- if and .Values.autoscaling.messages.enabled (eq .Values.autoscaling.source "prometheus") -}}
{{- /* The pods that took the clients over have no rate of them yet. */ -}}
{{- $least = add $least (include "tidegate.seconds" .Values.autoscaling.messages.window) -}}
{{- $reasons = printf "%s, and autoscaling.messages.window (%s) until the rate is whole again" $reasons .Values.autoscaling.messages.window -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (ne (toString $window) "") (lt (int64 $window) (int64 $least)) -}}
{{- $errors = append $errors (printf "autoscaling.behavior.scaleDown.stabilizationWindowSeconds (%d) must be at least %d, or the fleet shrinks because clients are moving: %s" (int64 $window) (int64 $least) $reasons) -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkRest" -}}
{{- $errors := list -}}
{{- if and .Values.monitoring.podMonitor.enabled .Values.monitoring.serviceMonitor.enabled -}}
{{- $errors = append $errors "monitoring.podMonitor and monitoring.serviceMonitor would scrape each pod twice: enable one of them" -}}
{{- end -}}
{{- if and .Values.gateway.enabled (not .Values.gateway.parentRefs) -}}
{{- $errors = append $errors "gateway.parentRefs is empty: name the Gateway, such as [{name: public, namespace: gateways}]" -}}
{{- end -}}
{{- if and .Values.gateway.envoy.enabled (not .Values.gateway.enabled) -}}
{{- $errors = append $errors "gateway.envoy.enabled needs the HTTPRoute that its policy is for: set gateway.enabled=true" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $errors = append $errors "ingress.hosts is empty: name at least one host" -}}
{{- end -}}
{{- if gt .Values.alerts.connections.warning .Values.alerts.connections.critical -}}
{{- $errors = append $errors "alerts.connections.warning must be at most alerts.connections.critical" -}}
{{- end -}}
{{- $alerts := list -}}
{{- range include "tidegate.alerts" . | fromYamlArray -}}
{{- $alerts = append $alerts .alert -}}
{{- end -}}
{{- range .Values.alerts.disabled -}}
{{- if not (has . $alerts) -}}
{{- $errors = append $errors (printf "alerts.disabled: there is no alert %s; there are %s" . (join ", " $alerts)) -}}
{{- end -}}
{{- end -}}
{{- $own := list -}}
{{- range include "tidegate.env" . | fromYamlArray -}}
{{- $own = append $own .name -}}
{{- end -}}
{{- range .Values.extraEnv -}}
{{- if has .name $own -}}
{{- $errors = append $errors (printf "extraEnv: %s is set by the chart already; use the value for it (config, redis or javaOptions)" .name) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}
