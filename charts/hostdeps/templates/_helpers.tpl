{{/* The name of the DaemonSet, the Service, the ConfigMap and the rights. At most 52 characters, so that a revision's hash fits behind it. */}}
{{- define "hostdeps.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := printf "%s-%s" .Release.Name $name -}}
{{- if .Values.fullnameOverride -}}
{{- $full = .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- $full = .Release.Name -}}
{{- end -}}
{{- $full | replace "." "-" | trunc 52 | trimAll "-" -}}
{{- end -}}

{{- define "hostdeps.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "hostdeps.serviceAccountName" -}}
{{- default (include "hostdeps.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/*
The labels of every object. app.kubernetes.io/name is "hostdeps" whatever the release is named: by it the Service finds the agents, and so
do the cluster commands (hostdeps nodes, why, fix, suggest, prune) and the alerts.
*/}}
{{- define "hostdeps.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/name" "hostdeps"
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_")
  "app.kubernetes.io/managed-by" .Release.Service -}}
{{- toYaml (merge $own .Values.commonLabels) -}}
{{- end -}}

{{- define "hostdeps.labelsWith" -}}
{{- toYaml (merge (include "hostdeps.labels" .top | fromYaml) .more) -}}
{{- end -}}

{{/* Without the version: a label that changes would restart the agents, also where the image stays. */}}
{{- define "hostdeps.podLabels" -}}
{{- $own := dict "app.kubernetes.io/name" "hostdeps" "app.kubernetes.io/instance" .Release.Name -}}
{{- toYaml (merge $own .Values.podLabels .Values.commonLabels) -}}
{{- end -}}

{{/* Those of manifests/, unless the values have another. */}}
{{- define "hostdeps.podAnnotations" -}}
{{- toYaml (merge (deepCopy .Values.podAnnotations) (include "hostdeps.ownPodAnnotations" . | fromYaml)) -}}
{{- end -}}

{{/* A parent chart may say null of what is global. */}}
{{- define "hostdeps.registry" -}}
{{- default .Values.image.registry (.Values.global | default dict).imageRegistry -}}
{{- end -}}

{{/* registry/repository:tag, or @digest, which wins; both are the same image for both containers. */}}
{{- define "hostdeps.image" -}}
{{- $registry := include "hostdeps.registry" . -}}
{{- $name := ternary .Values.image.repository (printf "%s/%s" $registry .Values.image.repository) (empty $registry) -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Secrets by name or by { name }, each once. */}}
{{- define "hostdeps.imagePullSecrets" -}}
{{- $names := list -}}
{{- $global := .Values.global | default dict -}}
{{- range concat ($global.imagePullSecrets | default list) .Values.imagePullSecrets -}}
{{- if kindIs "map" . }}{{ $names = append $names .name }}{{ else }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- range uniq $names }}
- name: {{ . | quote }}
{{- end -}}
{{- end -}}

{{/* What no schema can say. It is called where the DaemonSet is made, so nothing is installed with one of these mistakes. */}}
{{- define "hostdeps.validate" -}}
{{- $name := include "hostdeps.fullname" . -}}
{{- if has $name (list "hostdeps-checks" "hostdeps-fix") -}}
{{- fail (printf "%q is the name of other objects of this chart, whatever the release is called; set fullnameOverride to another name." $name) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$" $name) -}}
{{- fail (printf "%q cannot name a Service on every API server: such a name begins with a letter, has only a-z, 0-9 and \"-\", and at most 52 of them here; set fullnameOverride to one." $name) -}}
{{- end -}}
{{- if and (regexMatch "[^a-z0-9._/-]" .Values.image.repository) (include "hostdeps.registry" .) -}}
{{- fail (printf "image.repository: %q has a registry of its own; leave image.registry and global.imageRegistry empty." .Values.image.repository) -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: name the account that is there already, or leave serviceAccount.create true. The agents do not use \"default\", since the admission policies restrict their account." -}}
{{- end -}}
{{- if eq (include "hostdeps.serviceAccountName" .) "hostdeps-fix" -}}
{{- fail "serviceAccount.name: \"hostdeps-fix\" is the account of the pods of \"hostdeps fix --apply\"; choose another name." -}}
{{- end -}}
{{- if and .Values.gate.enabled (semverCompare "<1.36.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "gate.enabled: the gate is a set of MutatingAdmissionPolicies, which Kubernetes has since 1.36; this cluster is %s." .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- $taken := include "hostdeps.ownFlags" . | fromYaml -}}
{{- range $container, $flags := $taken -}}
{{- range (index $.Values $container).extraArgs -}}
{{- $flag := . | splitList "=" | first -}}
{{- if has $flag $flags -}}
{{- fail (printf "%s.extraArgs: the chart sets %s itself." $container $flag) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $container, $names := include "hostdeps.ownEnv" . | fromYaml -}}
{{- range (index $.Values $container).env -}}
{{- if has .name $names -}}
{{- fail (printf "%s.env: the chart sets %s itself." $container .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $file, $text := .Values.customChecks -}}
{{- /* Helm returns an error as a map with this key, which a text may have too. */ -}}
{{- $error := get (fromYaml $text) "Error" | toString -}}
{{- if hasPrefix "error " $error -}}
{{- $said := ternary "this is no YAML" "this is not a map of a check's keys (title, why, needs)" (contains "error converting YAML" $error) -}}
{{- fail (printf "customChecks.%s: %s; \"hostdeps checks lint %s\" lists all mistakes. Helm says: %s" $file $said $file $error) -}}
{{- end -}}
{{- end -}}
{{- end -}}
