{{- define "tidegate.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 47 characters: the names of a Deployment's pods are its name, cut at 58, and up to 16 more. The queries find
     the pods by the whole name. */}}
{{- define "tidegate.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else -}}
{{- $name := include "tidegate.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- $full | trunc 47 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tidegate.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Immutable in a Deployment, so it must not contain anything that a release may change, such as the runtime.
     Call with (dict "root" $ "component" "server"). */}}
{{- define "tidegate.selector" -}}
app.kubernetes.io/name: {{ include "tidegate.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object. The selector's labels override the object's own labels, which override commonLabels. */}}
{{- define "tidegate.labels" -}}
{{- $own := include "tidegate.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" .root.Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- toYaml (merge $own (default dict .labels) (default dict .root.Values.commonLabels)) -}}
{{- end -}}

{{/* Metadata of an object of the server. Call with (dict "root" $ "suffix" "-metrics" "labels" dict "annotations" dict);
     all but root may be left out. */}}
{{- define "tidegate.metadata" -}}
name: {{ include "tidegate.fullname" .root }}{{ default "" .suffix }}
namespace: {{ default .root.Release.Namespace .namespace }}
labels:
  {{- include "tidegate.labels" (dict "root" .root "component" (default "server" .component) "labels" .labels) | nindent 2 }}
{{- with merge (dict) (default dict .annotations) (default dict .root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The prefix of every path of the server. A proxy does not change paths, so the server has the proxy's prefix. */}}
{{- define "tidegate.path" -}}
{{- $path := .Values.config.path -}}
{{- range list .Values.gateway .Values.ingress -}}
{{- if and .enabled (eq $path "") -}}
{{- $path = default "/" (trimSuffix "/" .path) -}}
{{- end -}}
{{- end -}}
{{- default "/" $path -}}
{{- end -}}

{{/* The same without a slash at the end, so that /chat can follow. */}}
{{- define "tidegate.prefix" -}}
{{- include "tidegate.path" . | trimSuffix "/" -}}
{{- end -}}

{{/* Pull secrets, and where pods run: for the server, the trial Redis and the test. Call with the root. */}}
{{- define "tidegate.placement" -}}
{{- $secrets := list -}}
{{- range concat (default list (default dict .Values.global).imagePullSecrets) (default list .Values.image.pullSecrets) -}}
{{- $secrets = append $secrets (kindIs "map" . | ternary . (dict "name" .)) -}}
{{- end -}}
{{- with uniq $secrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The registry of the images, followed by a slash. Empty: the default of the node. */}}
{{- define "tidegate.registry" -}}
{{- with default .Values.image.registry (default dict .Values.global).imageRegistry -}}
{{- trimSuffix "/" . }}/
{{- end -}}
{{- end -}}

{{/* The image depends on the runtime: a digest is that of one of the two images. */}}
{{- define "tidegate.image" -}}
{{- $name := printf "%s%s-%s" (include "tidegate.registry" .) .Values.image.repository .Values.runtime -}}
{{- with get .Values.image.digests .Values.runtime -}}
{{- printf "%s@%s" $name . -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Not empty if the management port uses TLS. */}}
{{- define "tidegate.managementTls" -}}
{{- if and .Values.tls.existingSecret .Values.tls.management }}yes{{ end -}}
{{- end -}}

{{/* The scheme of the URL through the Ingress. Traefik's entry point websecure has TLS, with or without a Secret here. */}}
{{- define "tidegate.scheme" -}}
{{- $isSecure := or .Values.ingress.tlsSecret .Values.ingress.tls (eq .Values.ingress.preset "openshift") (and (eq .Values.ingress.preset "traefik") (has "websecure" .Values.ingress.entryPoints)) -}}
{{- $isSecure | empty | ternary "ws" "wss" -}}
{{- end -}}

{{/* The path for clients outside: the path of the route, or the server's prefix if the route has none. */}}
{{- define "tidegate.outside" -}}
{{- $route := trimSuffix "/" .path -}}
{{- default (include "tidegate.prefix" .root) $route -}}
{{- end -}}
