{{/* Files of the relay, where tidegate.config says they are. */}}
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
{{- end -}}

{{- define "tidegate.mounts" -}}
{{- if .Values.redis.configKey }}
- {name: redisson, mountPath: /etc/tidegate/redisson, readOnly: true}
{{- end }}
{{- if or .Values.redis.ca.secret .Values.redis.ca.configMap }}
- {name: ca, mountPath: /etc/tidegate/ca, readOnly: true}
{{- end }}
{{- end -}}
