{{/* Ingress and Gateway, and the path of the server. It has only one path. */}}
{{- define "tidegate.checkRoutes" -}}
{{- $errors := list -}}
{{- if and .Values.ingress.tlsSecret .Values.ingress.tls -}}
{{- $errors = append $errors "ingress.tlsSecret and ingress.tls both say where the certificates are: set only one of them" -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}
{{- range include "tidegate.hosts" . | fromYamlArray -}}
{{- $host := .host -}}
{{- range .paths -}}
{{- $within := trimSuffix "/" $.Values.ingress.path -}}
{{- if not (or (eq . $within) (hasPrefix (printf "%s/" $within) .)) -}}
{{- $errors = append $errors (printf "ingress.hosts: the path %s of %s must be within ingress.path (%s)" . $host $.Values.ingress.path) -}}
{{- end -}}
{{- end -}}
{{- if and (hasPrefix "*" .host) (eq $.Values.ingress.preset "openshift") -}}
{{- $errors = append $errors (printf "ingress.hosts: a Route does not support a wildcard (%s): set the host name" .host) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.gateway.matches (eq .Values.config.path "") -}}
{{- $errors = append $errors "config.path is empty, and gateway.matches do not say the path of the server: set config.path to the path with which requests reach the pods (/ if a filter removes it)" -}}
{{- end -}}
{{- if and .Values.gateway.enabled (not .Values.gateway.parentRefs) -}}
{{- $errors = append $errors "gateway.parentRefs is empty: set the Gateway, such as [{name: public, namespace: gateways}]" -}}
{{- end -}}
{{- if and .Values.gateway.envoy.enabled (not .Values.gateway.enabled) -}}
{{- $errors = append $errors "gateway.envoy.enabled makes a policy for the HTTPRoute, which does not exist: set gateway.enabled=true" -}}
{{- end -}}
{{- $paths := list -}}
{{- range list "ingress" "gateway" -}}
{{- $route := get $.Values . -}}
{{- if $route.enabled -}}
{{- $paths = append $paths (trimSuffix "/" $route.path) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.config.path "") (gt (len (uniq $paths)) 1) -}}
{{- $errors = append $errors (printf "ingress.path (%s) and gateway.path (%s) must be the same, because the server has only one path. If a proxy changes the path, set config.path" .Values.ingress.path .Values.gateway.path) -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $errors = append $errors "ingress.hosts is empty: set at least one host" -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}

{{- define "tidegate.checkRest" -}}
{{- $errors := list -}}
{{- $monitors := list -}}
{{- range list "podMonitor" "serviceMonitor" "vmServiceScrape" "podMonitoring" -}}
{{- if (get $.Values.monitoring .).enabled -}}
{{- $monitors = append $monitors (printf "monitoring.%s" .) -}}
{{- end -}}
{{- end -}}
{{- if gt (len $monitors) 1 -}}
{{- $errors = append $errors (printf "%s would scrape each pod twice: enable only one of them" (join " and " $monitors)) -}}
{{- end -}}
{{- if .Values.monitoring.podMonitoring.enabled -}}
{{- range list "relabelings" "honorLabels" "namespace" -}}
{{- if get $.Values.monitoring . -}}
{{- $errors = append $errors (printf "monitoring.%s is not supported by a PodMonitoring: leave it empty" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.networkPolicy.cilium.enabled (not .Values.networkPolicy.enabled) -}}
{{- $errors = append $errors "networkPolicy.cilium.enabled needs networkPolicy.enabled=true, which makes the other rules" -}}
{{- end -}}
{{- if and .Values.dashboard.grafanaDashboard.enabled (not .Values.dashboard.enabled) -}}
{{- $errors = append $errors "dashboard.grafanaDashboard.enabled needs dashboard.enabled=true, which makes the ConfigMap that it reads" -}}
{{- end -}}
{{- $rolling := default dict .Values.strategy.rollingUpdate -}}
{{- if and (has (toString $rolling.maxSurge) (list "0" "0%")) (has (toString $rolling.maxUnavailable) (list "0" "0%")) -}}
{{- $errors = append $errors "strategy.rollingUpdate.maxSurge and maxUnavailable are both 0, so no pod can be replaced: set maxSurge to at least 1" -}}
{{- end -}}
{{- if gt .Values.alerts.connections.warning .Values.alerts.connections.critical -}}
{{- $errors = append $errors "alerts.connections.warning must be at most alerts.connections.critical" -}}
{{- end -}}
{{- if and .Values.tracing.enabled (not .Values.tracing.endpoint) -}}
{{- $errors = append $errors "tracing.endpoint is empty: set the URL of the collector, such as http://collector.observability.svc:4318" -}}
{{- end -}}
{{- if and .Values.tls.clientsKey (not .Values.tls.existingSecret) -}}
{{- $errors = append $errors "tls.clientsKey is a key of tls.existingSecret, which is empty" -}}
{{- end -}}
{{- if and .Values.tls.clientsKey .Values.tls.management -}}
{{- $errors = append $errors "tls.clientsKey and tls.management together: the pods would not answer scrapers that have no client certificate; set only one of them" -}}
{{- end -}}
{{- if and .Values.podDeletionCost.enabled (eq (include "tidegate.serviceAccountName" .) "default") -}}
{{- $errors = append $errors "podDeletionCost.enabled gives rights to the ServiceAccount, and the ServiceAccount default is used by every pod of the namespace: set serviceAccount.create=true or serviceAccount.name" -}}
{{- end -}}
{{- $alerts := list -}}
{{- range include "tidegate.alerts" . | fromYamlArray -}}
{{- $alerts = append $alerts .alert -}}
{{- end -}}
{{- range .Values.alerts.disabled -}}
{{- if not (has . $alerts) -}}
{{- $errors = append $errors (printf "alerts.disabled: there is no alert %s; the alerts are %s" . (join ", " $alerts)) -}}
{{- end -}}
{{- end -}}
{{- $own := list -}}
{{- range include "tidegate.env" . | fromYamlArray -}}
{{- $own = append $own .name -}}
{{- end -}}
{{- range .Values.extraEnv -}}
{{- if has .name $own -}}
{{- $errors = append $errors (printf "extraEnv: the chart already sets %s; use its value (config, redis or javaOptions)" .name) -}}
{{- end -}}
{{- end -}}
{{- toYaml $errors -}}
{{- end -}}
