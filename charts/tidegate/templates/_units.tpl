{{/* Milliseconds of a duration as the server reads it: 500ms, 30s, 10m, 1h, or ISO-8601 (PT1M30.5S). Call with the
     text; tidegate.checkFormats has refused every other form. */}}
{{- define "tidegate.millis" -}}
{{- $text := toString . -}}
{{- if regexMatch "^[0-9]+(ms|s|m|h)$" $text -}}
{{- $unit := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+$" $text) -}}
{{- mul (include "tidegate.number" (regexFind "^[0-9]+" $text)) $unit -}}
{{- else -}}
{{- $days := include "tidegate.part" (dict "text" $text "unit" "D") -}}
{{- $hours := include "tidegate.part" (dict "text" $text "unit" "H") -}}
{{- $minutes := include "tidegate.part" (dict "text" $text "unit" "M") -}}
{{- $seconds := include "tidegate.part" (dict "text" $text "unit" "[.S]") -}}
{{- $fraction := regexFind "[.][0-9]{1,3}" $text | trimPrefix "." -}}
{{- $millis := include "tidegate.number" (printf "%s000" $fraction | trunc 3) -}}
{{- add (mul $days 86400000) (mul $hours 3600000) (mul $minutes 60000) (mul $seconds 1000) $millis -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.part" -}}
{{- include "tidegate.number" (regexFind "[0-9]+" (regexFind (printf "[0-9]+%s" .unit) .text)) -}}
{{- end -}}

{{/* A whole number without leading zeros, which would make it octal. 0 for an empty text. */}}
{{- define "tidegate.number" -}}
{{- regexReplaceAll "^0+([0-9])" (default "0" .) "${1}" -}}
{{- end -}}

{{/* The same, rounded up to seconds. */}}
{{- define "tidegate.seconds" -}}
{{- div (add (include "tidegate.millis" .) 999) 1000 -}}
{{- end -}}

{{/* Bytes of a size: 65536, 64KiB, 1MiB, 1GiB. */}}
{{- define "tidegate.bytes" -}}
{{- $text := include "tidegate.text" . -}}
{{- $unit := get (dict "" 1 "KiB" 1024 "MiB" 1048576 "GiB" 1073741824) (regexFind "[A-Za-z]*$" $text) -}}
{{- mul (include "tidegate.number" (regexFind "^[0-9]+" $text)) $unit -}}
{{- end -}}

{{/* A value in the form that the server reads: a large number would otherwise become 1e+06. */}}
{{- define "tidegate.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}{{- else -}}{{ toString . }}{{- end -}}
{{- end -}}

{{/* The seconds that a pod needs to end: the sleep before SIGTERM and the drain. */}}
{{- define "tidegate.leaving" -}}
{{- add .Values.preStopSeconds (include "tidegate.seconds" .Values.config.drain.timeout) -}}
{{- end -}}

{{- define "tidegate.gracePeriod" -}}
{{- if ne (toString .Values.terminationGracePeriodSeconds) "" -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- else -}}
{{- add (include "tidegate.leaving" .) .Values.terminationMarginSeconds -}}
{{- end -}}
{{- end -}}

{{/* The ports on which pods reach Redis, as a list: networkPolicy.redisPorts, or those of config.relay.url. */}}
{{- define "tidegate.redisPorts" -}}
{{- $url := (include "tidegate.config" . | fromYaml).relay.url -}}
{{- $ports := list -}}
{{- range .Values.networkPolicy.redisPorts -}}
{{- $ports = append $ports (int .) -}}
{{- end -}}
{{- if and (not $ports) $url -}}
{{- $sentinel := hasPrefix "redis+sentinel://" $url -}}
{{- /* Sentinels give the address of the master, which has its own port. */ -}}
{{- $ports = $sentinel | ternary (list 6379) list -}}
{{- range splitList "," (regexReplaceAll "^redis[+]sentinel://([^/]*).*$" $url "${1}") -}}
{{- $port := regexFind ":[0-9]+/?$" . | trimPrefix ":" | trimSuffix "/" -}}
{{- $ports = append $ports (int (default ($sentinel | ternary "26379" "6379") $port)) -}}
{{- end -}}
{{- end -}}
{{- toYaml (uniq $ports) -}}
{{- end -}}

{{/* The port of an http:// or https:// URL. */}}
{{- define "tidegate.urlPort" -}}
{{- $port := regexReplaceAll "^https?://(\\[[^]]*\\]|[^/:]*)(:([0-9]+))?.*$" . "${3}" -}}
{{- default (hasPrefix "https" . | ternary "443" "80") $port -}}
{{- end -}}
