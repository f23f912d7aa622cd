{{/* Rules that the schema cannot express: values that do not fit together. All errors are shown at once, each with what to
     change. */}}
{{- define "tidegate.check" -}}
{{- $errors := include "tidegate.checkFormats" . | fromYamlArray -}}
{{- if not $errors -}}
{{- range list "Names" "Settings" "Access" "Api" "Redis" "Scaling" "Leaving" "Routes" "Rest" -}}
{{- $errors = concat $errors (include (printf "tidegate.check%s" .) $ | fromYamlArray) -}}
{{- end -}}
{{- end -}}
{{- if $errors -}}
{{- fail (printf "\n\nThese values cannot work:\n  - %s\n" (join "\n  - " $errors)) -}}
{{- end -}}
{{- end -}}

{{/* Durations and sizes, with the server's own ranges. After this check the templates may compute with them. */}}
{{- define "tidegate.checkFormats" -}}
{{- $duration := "^([0-9]{1,12}(ms|s|m|h)|P[0-9]{1,5}D|P([0-9]{1,5}D)?T([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}([.][0-9]{1,3})?S)?)$" -}}
{{- $ranges := list
    (list "heartbeat" "duration" "10ms" "1h")
    (list "idle" "duration" "10ms" "24h")
    (list "limits.message" "size" "1" "64MiB")
    (list "limits.queue" "size" "1KiB" "1GiB")
    (list "limits.history" "size" "64KiB" "1GiB")
    (list "auth.leeway" "duration" "0s" "600s")
    (list "relay.grace" "duration" "0s" "1h")
    (list "history.ttl" "duration" "100ms" "720h")
    (list "history.topic" "size" "1KiB" "1GiB")
    (list "presence.linger" "duration" "100ms" "1h")
    (list "drain.notice" "duration" "0s" "24h")
    (list "drain.window" "duration" "0s" "24h")
    (list "drain.timeout" "duration" "0s" "24h")
    (list "rebalance.interval" "duration" "100ms" "60s") -}}
{{- $values := deepCopy .Values.config -}}
{{- if .Values.podDeletionCost.enabled -}}
{{- $ranges = append $ranges (list "cost.interval" "duration" "1s" "1h") -}}
{{- $_ := set $values "cost" (dict "interval" .Values.podDeletionCost.interval) -}}
{{- end -}}
{{- $errors := list -}}
{{- range $ranges -}}
{{- $kind := index . 1 -}}
{{- $value := $values -}}
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
{{- $shown := eq (index . 0) "cost.interval" | ternary "podDeletionCost.interval" (printf "config.%s" (index . 0)) -}}
{{- $errors = append $errors (printf "%s (%s) must be a %s from %s to %s" $shown $text $kind (index . 2) (index . 3)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{/* A Deployment's selector cannot change, and a Deployment with another name would replace the whole fleet at once. Only an upgrade by
     Helm itself sees the installed objects. */}}
{{- define "tidegate.checkNames" -}}
{{- $errors := list -}}
{{- if .Release.IsUpgrade -}}
{{- $name := include "tidegate.fullname" . -}}
{{- $others := list -}}
{{- $isThere := false -}}
{{- range (lookup "apps/v1" "Deployment" .Release.Namespace "").items -}}
{{- $labels := default dict .metadata.labels -}}
{{- if and (eq (get $labels "app.kubernetes.io/instance") $.Release.Name) (eq (get $labels "app.kubernetes.io/component") "server") (hasPrefix "tidegate-" (get $labels "helm.sh/chart")) -}}
{{- if and (eq .metadata.name $name) (eq (get $labels "app.kubernetes.io/name") (include "tidegate.name" $)) -}}
{{- $isThere = true -}}
{{- else -}}
{{- $others = append $others (printf "%s with the label app.kubernetes.io/name=%s" .metadata.name (get $labels "app.kubernetes.io/name")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $others (not $isThere) .Chart.IsRoot -}}
{{- $errors = append $errors (printf "nameOverride or fullnameOverride has changed: %s is installed, and the new Deployment would be %s with the label app.kubernetes.io/name=%s. Neither can change within a release: set them back, or install a second release (UPGRADING.md)" (join ", " $others) $name (include "tidegate.name" .)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{/* The same rules as in the server, so that no pod is made that would not start. */}}
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
{{- $errors = append $errors (printf "%s would let every client read and write every topic: close the fleet (auth.existingSecret and auth.secretKey, or config.auth.jwks and config.auth.audience; docs/security.md), or set config.auth.open=true if you want that" (join ", " $exposed)) -}}
{{- end -}}
{{- if and $isClosed $config.open -}}
{{- $errors = append $errors "config.auth.open is true, but the fleet is closed by a secret or a JWK Set: set only one of them" -}}
{{- end -}}
{{- if gt (len $sets) 1 -}}
{{- $errors = append $errors "config.auth.jwks, auth.jwksKey and auth.jwksConfigMap.name all say where the JWK Set is: set only one of them" -}}
{{- end -}}
{{- if and $sets (eq $config.audience "") -}}
{{- $errors = append $errors "config.auth.audience is empty: set the audience of your tokens, because the issuer of a JWK Set can issue tokens for other servers, too" -}}
{{- end -}}
{{- if and $config.cookie (eq .Values.config.origins "*") -}}
{{- $errors = append $errors "config.auth.cookie needs config.origins other than *, because a browser sends the cookie for every web page" -}}
{{- end -}}
{{- if and $keyed (not $auth.existingSecret) -}}
{{- $errors = append $errors "auth.existingSecret is empty: set the name of the Secret that contains auth.secretKey or auth.jwksKey" -}}
{{- end -}}
{{- if and $auth.existingSecret (not $keyed) -}}
{{- $errors = append $errors "auth.existingSecret is set, but none of its keys is: set auth.secretKey or auth.jwksKey" -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkApi" -}}
{{- $errors := list -}}
{{- with .Values.api -}}
{{- if and .enabled (not .existingSecret) -}}
{{- $errors = append $errors "api.existingSecret is empty: set the name of the Secret that contains api.keysKey, the keys of the API" -}}
{{- end -}}
{{- if and .existingSecret (not .enabled) -}}
{{- $errors = append $errors "api.existingSecret is set, but the API is not open: set api.enabled=true" -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkRedis" -}}
{{- $errors := list -}}
{{- $redis := .Values.redis -}}
{{- $url := .Values.config.relay.url -}}
{{- $several := or .Values.autoscaling.enabled (kindIs "invalid" .Values.replicas) (gt (int .Values.replicas) 1) -}}
{{- if and $several (eq $url "") (not (or $redis.trial.enabled $redis.urlKey $redis.configKey)) -}}
{{- $errors = append $errors "config.relay.url is empty, and without Redis a message reaches only the clients of its own pod: set it, or run a single pod (autoscaling.enabled=false, replicas=1)" -}}
{{- end -}}
{{- if and $redis.trial.enabled (not (has $url (list "" "redis://redis:6379"))) -}}
{{- $errors = append $errors "redis.trial.enabled makes its own Redis: remove config.relay.url from your values, or set redis.trial.enabled=false" -}}
{{- end -}}
{{- if and $redis.trial.enabled (or $redis.urlKey $redis.configKey $redis.usernameKey $redis.passwordKey) -}}
{{- $errors = append $errors "redis.trial.enabled makes its own Redis, which needs no credentials: leave the redis.*Key values empty, or set redis.trial.enabled=false" -}}
{{- end -}}
{{- if and $redis.urlKey $redis.configKey -}}
{{- $errors = append $errors "redis.urlKey and redis.configKey both say where Redis is: set only one of them" -}}
{{- end -}}
{{- $keyed := or $redis.usernameKey $redis.passwordKey $redis.urlKey $redis.configKey -}}
{{- if and $keyed (not $redis.existingSecret) -}}
{{- $errors = append $errors "redis.existingSecret is empty: set the name of the Secret that contains redis.usernameKey, passwordKey, urlKey or configKey" -}}
{{- end -}}
{{- if and $redis.existingSecret (not $keyed) -}}
{{- $errors = append $errors "redis.existingSecret is set, but none of its keys is: set redis.passwordKey, usernameKey, urlKey or configKey" -}}
{{- end -}}
{{- if and (contains "@" $url) (or $redis.usernameKey $redis.passwordKey) -}}
{{- $errors = append $errors "config.relay.url contains credentials, and redis.existingSecret does, too: remove them from the URL" -}}
{{- end -}}
{{- if and $redis.ca.configMap $redis.ca.secret -}}
{{- $errors = append $errors "redis.ca.configMap and redis.ca.secret both contain the certificates: set only one of them" -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled (or $redis.urlKey $redis.configKey) (not .Values.networkPolicy.redisPorts) -}}
{{- $errors = append $errors "networkPolicy.redisPorts is empty, and the URL of Redis is in a Secret: set the ports of Redis. Otherwise the NetworkPolicy blocks Redis" -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}
