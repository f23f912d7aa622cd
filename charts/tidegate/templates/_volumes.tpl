{{/* Files of the relay and of the tokens' keys, where tidegate.config says they are. */}}
{{- define "tidegate.volumes" -}}
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
{{- with .Values.auth.jwksKey }}
- name: jwks
  secret: {secretName: {{ $.Values.auth.existingSecret }}, items: [{key: {{ . }}, path: jwks.json}]}
{{- end }}
{{- with .Values.auth.jwksConfigMap.name }}
- name: jwks
  configMap: {name: {{ . }}, items: [{key: {{ $.Values.auth.jwksConfigMap.key }}, path: jwks.json}]}
{{- end }}
{{- end -}}

{{- define "tidegate.mounts" -}}
{{- if .Values.redis.configKey }}
- {name: redisson, mountPath: /etc/tidegate/redisson, readOnly: true}
{{- end }}
{{- if or .Values.redis.ca.secret .Values.redis.ca.configMap }}
- {name: ca, mountPath: /etc/tidegate/ca, readOnly: true}
{{- end }}
{{- if or .Values.auth.jwksKey .Values.auth.jwksConfigMap.name }}
- {name: jwks, mountPath: /etc/tidegate/jwks, readOnly: true}
{{- end }}
{{- end -}}
