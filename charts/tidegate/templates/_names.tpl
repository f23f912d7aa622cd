{{- define "tidegate.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 47 characters: a Deployment's pods append up to 16 to its name and cut it off at 58, and the queries find
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

{{/* Immutable in a Deployment: nothing that a release may change, such as the runtime, belongs here.
     Call with (dict "root" $ "component" "server"). */}}
{{- define "tidegate.selector" -}}
app.kubernetes.io/name: {{ include "tidegate.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object; the selector's win over commonLabels. */}}
{{- define "tidegate.labels" -}}
{{- $own := include "tidegate.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" .root.Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- toYaml (merge $own .root.Values.commonLabels) -}}
{{- end -}}

{{/* Metadata of an object of the server. Call with (dict "root" $ "suffix" "-metrics" "labels" dict "annotations" dict);
     all but root may be left out. */}}
{{- define "tidegate.metadata" -}}
name: {{ include "tidegate.fullname" .root }}{{ default "" .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "tidegate.labels" (dict "root" .root "component" (default "server" .component)) | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* By the runtime: a digest pins one of the two images, never both. */}}
{{- define "tidegate.image" -}}
{{- $name := printf "%s-%s" .Values.image.repository .Values.runtime -}}
{{- if .Values.image.registry -}}
{{- $name = printf "%s/%s" .Values.image.registry $name -}}
{{- end -}}
{{- with get .Values.image.digests .Values.runtime -}}
{{- printf "%s@%s" $name . -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}
