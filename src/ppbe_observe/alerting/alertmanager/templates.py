"""What a notification says: which resource, what value, since when, and where the runbook is. Pure.

Invariants: the title is at most 100 printable ASCII characters, which is what SNS takes as a subject; the text is
plain, its first line is the description of the first alert, because that is what a telephone shows.

Source: Alertmanager documentation, "Notification template reference"; Amazon SNS API reference, Publish, Subject.
"""

TEMPLATES = "ppbe-observe.tmpl"
"""The file's name; it stands beside the configuration."""

TITLE = '{{ template "ppbe.title" . }}'
TEXT = '{{ template "ppbe.text" . }}'

RUNBOOK = "{{ .CommonAnnotations.runbook_url }}"

TEMPLATE_FILE = r"""{{ define "ppbe.title" -}}
{{- $state := "" }}{{ if eq .Status "resolved" }}{{ $state = "RESOLVED " }}{{ end -}}
{{- $severity := or .CommonLabels.severity "alert" | toUpper -}}
{{- $level := "" }}{{ if .CommonLabels.escalation }}{{ $level = printf " %s" .CommonLabels.escalation }}{{ end -}}
{{- $what := or .CommonAnnotations.summary .CommonLabels.alertname "Several alerts" -}}
{{- $resource := or .CommonLabels.name .CommonLabels.resource .CommonLabels.instance "" -}}
{{- $resource = reReplaceAll "^arn:([^:]*:){4}" "" $resource -}}
{{- if $resource }}{{ $resource = printf ": %s" $resource }}{{ end -}}
{{- $many := "" }}{{ if gt (len .Alerts) 1 }}{{ $many = printf " (%d alerts)" (len .Alerts) }}{{ end -}}
{{- $title := printf "[%s%s%s] %s%s%s" $state $severity $level $what $many $resource -}}
{{- $title | reReplaceAll "[^ -~]+" "?" | reReplaceAll "^(.{0,100}).*$" "$1" -}}
{{- end }}

{{ define "ppbe.text" -}}
{{- range $number, $alert := .Alerts.Firing }}{{ if lt $number 10 -}}
{{ or .Annotations.description .Annotations.summary .Labels.alertname }}
Since {{ .StartsAt.UTC.Format "2006-01-02 15:04 UTC" }}. Runbook: {{ .Annotations.runbook_url }}
{{ end }}{{ end -}}
{{- if gt (len .Alerts.Firing) 10 }}{{ len .Alerts.Firing }} alerts fire in all.
{{ end -}}
{{- range $number, $alert := .Alerts.Resolved }}{{ if lt $number 10 -}}
Resolved: {{ or .Annotations.description .Annotations.summary .Labels.alertname }}
From {{ .StartsAt.UTC.Format "2006-01-02 15:04 UTC" }} to {{ .EndsAt.UTC.Format "2006-01-02 15:04 UTC" }}.
{{ end }}{{ end -}}
{{- if gt (len .Alerts.Resolved) 10 }}{{ len .Alerts.Resolved }} alerts are resolved in all.
{{ end -}}
{{- end }}
"""
