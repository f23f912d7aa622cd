{{/* Files of the relay and of the tokens' keys, at the paths that tidegate.config sets. */}}
{{- define "tidegate.volumes" -}}
{{- with include "tidegate.tmpSize" . }}
- name: tmp
  emptyDir: {sizeLimit: {{ . }}}
{{- end }}
{{- with .Values.redis.configKey }}
- name: redisson
  secret: {secretName: {{ $.Values.redis.existingSecret }}, items: [{key: {{ . }}, path: redisson.yaml}]}
{{- end }}
{{- with .Values.redis.ca.secret }}
- name: ca
  secret: {secretName: {{ . }}, items: [{key: {{ $.Values.redis.ca.key }}, path: ca.crt}]}
{{- end }}
{{- with .Values.redis.ca.configMap }}
- name: ca
  configMap: {name: {{ . }}, items: [{key: {{ $.Values.redis.ca.key }}, path: ca.crt}]}
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret: {secretName: {{ . }}}
{{- end }}
{{- with .Values.auth.jwksKey }}
- name: jwks
  secret: {secretName: {{ $.Values.auth.existingSecret }}, items: [{key: {{ . }}, path: jwks.json}]}
{{- end }}
{{- with .Values.auth.jwksConfigMap.name }}
- name: jwks
  configMap: {name: {{ . }}, items: [{key: {{ $.Values.auth.jwksConfigMap.key }}, path: jwks.json}]}
{{- end }}
{{- end -}}

{{/* The size of the volume for dumps and for jcmd: the root file system is read-only. Empty if there is none, or if another
     volume is mounted there or has that name. */}}
{{- define "tidegate.tmpSize" -}}
{{- $taken := false -}}
{{- range .Values.extraVolumeMounts }}{{ if eq (trimSuffix "/" (toString .mountPath)) "/tmp" }}{{ $taken = true }}{{ end }}{{ end -}}
{{- range .Values.extraVolumes }}{{ if eq (toString .name) "tmp" }}{{ $taken = true }}{{ end }}{{ end -}}
{{- $size := (default dict .Values.tmp).sizeLimit -}}
{{- if not $taken }}{{ $size }}{{ end -}}
{{- end -}}

{{- define "tidegate.mounts" -}}
{{- if include "tidegate.tmpSize" . }}
- {name: tmp, mountPath: /tmp}
{{- end }}
{{- if .Values.redis.configKey }}
- {name: redisson, mountPath: /etc/tidegate/redisson, readOnly: true}
{{- end }}
{{- if or .Values.redis.ca.secret .Values.redis.ca.configMap }}
- {name: ca, mountPath: /etc/tidegate/ca, readOnly: true}
{{- end }}
{{- if .Values.tls.existingSecret }}
- {name: tls, mountPath: /etc/tidegate/tls, readOnly: true}
{{- end }}
{{- if or .Values.auth.jwksKey .Values.auth.jwksConfigMap.name }}
- {name: jwks, mountPath: /etc/tidegate/jwks, readOnly: true}
{{- end }}
{{- end -}}
