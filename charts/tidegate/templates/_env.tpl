{{/* The settings as environment variables: TIDEGATE_LIMITS_QUEUE for config.limits.queue. An empty value is left out.
     Call with (dict "values" .Values.config "prefix" "TIDEGATE"). */}}
{{- define "tidegate.configEnv" -}}
{{- range $key, $value := .values }}
{{- $name := printf "%s_%s" $.prefix (upper $key) }}
{{- if kindIs "map" $value }}
{{- include "tidegate.configEnv" (dict "values" $value "prefix" $name) }}
{{- else if ne (toString $value) "" }}
- name: {{ $name }}
  value: {{ include "tidegate.text" $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* config, with the values that the chart computes. */}}
{{- define "tidegate.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $relay := $config.relay -}}
{{- if .Values.redis.trial.enabled -}}
{{- $_ := set $relay "url" (printf "redis://%s-redis:6379" (include "tidegate.fullname" .)) -}}
{{- else if or .Values.redis.urlKey .Values.redis.configKey -}}
{{- $_ := set $relay "url" "" -}}
{{- end -}}
{{- $name := printf "%s:%s" .Release.Namespace (include "tidegate.fullname" .) -}}
{{- $_ := set $relay "prefix" (default (trunc 64 $name) $relay.prefix) -}}
{{- /* A release that shares messages with another release still scales alone, and has its own Service. */ -}}
{{- $_ := set $config.fleet "name" (default $name $config.fleet.name) -}}
{{- if .Values.redis.configKey -}}
{{- $_ := set $relay "config" "/etc/tidegate/redisson/redisson.yaml" -}}
{{- end -}}
{{- $_ := unset $config.auth "open" -}}
{{- $_ := set $config "path" (include "tidegate.path" .) -}}
{{- if .Values.podDeletionCost.enabled -}}
{{- $_ := set $config "cost" (dict "interval" .Values.podDeletionCost.interval) -}}
{{- end -}}
{{- if .Values.tracing.enabled -}}
{{- $_ := set $config "tracing" (dict "enabled" true) -}}
{{- end -}}
{{- with .Values.tls -}}
{{- if .existingSecret -}}
{{- $tls := dict "certificate" "/etc/tidegate/tls/tls.crt" "key" "/etc/tidegate/tls/tls.key" "management" .management -}}
{{- if .clientsKey -}}
{{- $_ := set $tls "clients" (printf "/etc/tidegate/tls/%s" .clientsKey) -}}
{{- end -}}
{{- $_ := set $config "tls" $tls -}}
{{- end -}}
{{- end -}}
{{- if not .Values.api.enabled -}}
{{- $_ := unset $config "api" -}}
{{- end -}}
{{- if or .Values.auth.jwksKey .Values.auth.jwksConfigMap.name -}}
{{- $_ := set $config.auth "jwks" "/etc/tidegate/jwks/jwks.json" -}}
{{- end -}}
{{- if or .Values.redis.ca.configMap .Values.redis.ca.secret -}}
{{- $_ := set $relay "ca" "/etc/tidegate/ca/ca.crt" -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "tidegate.env" -}}
{{- include "tidegate.configEnv" (dict "values" (include "tidegate.config" . | fromYaml) "prefix" "TIDEGATE") | trimPrefix "\n" }}
{{- $keys := dict "TIDEGATE_RELAY_URL" .Values.redis.urlKey "TIDEGATE_RELAY_USERNAME" .Values.redis.usernameKey "TIDEGATE_RELAY_PASSWORD" .Values.redis.passwordKey }}
{{- range $name, $key := $keys }}
{{- if $key }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {name: {{ $.Values.redis.existingSecret }}, key: {{ $key }}}
{{- end }}
{{- end }}
{{- if .Values.rollout.moveOnce }}
- name: TIDEGATE_FLEET_REVISION
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['pod-template-hash']"}
{{- end }}
{{- with .Values.auth.secretKey }}
- name: TIDEGATE_AUTH_SECRET
  valueFrom:
    secretKeyRef: {name: {{ $.Values.auth.existingSecret }}, key: {{ . }}}
{{- end }}
{{- if .Values.api.enabled }}
- name: TIDEGATE_API_KEYS
  valueFrom:
    secretKeyRef: {name: {{ .Values.api.existingSecret }}, key: {{ .Values.api.keysKey }}}
{{- end }}
{{- if .Values.tracing.enabled }}
- name: OTEL_SERVICE_NAME
  value: {{ include "tidegate.fullname" . }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ printf "k8s.namespace.name=%s" .Release.Namespace }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .Values.tracing.endpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ include "tidegate.text" .Values.tracing.ratio | quote }}
{{- end }}
{{- with .Values.javaOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ join " " . | quote }}
{{- end }}
{{- end -}}
