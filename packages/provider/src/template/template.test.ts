import { describe, expect, it } from 'vitest'
import { renderTemplate } from './render.js'

const values = { name: 'repo-controller', resource: 'repoes', replicas: 2, empty: '', labels: { a: 'x' }, list: ['p', 'q'], nested: { deep: { key: 'v' } } }

const rows: readonly { name: string; given: string; want: string; reason: string }[] = [
  { name: 'a value', given: 'name: {{ .name }}', want: 'name: repo-controller', reason: 'the reference fills its variables like this' },
  { name: 'a nested value', given: '{{ .nested.deep.key }}', want: 'v', reason: 'chart values are nested' },
  { name: 'a missing value is empty', given: '[{{ .nothing }}]', want: '[]', reason: 'the reference leaves out `configuration` where there is none' },
  { name: 'pipelines', given: '{{ .name | upper | trunc 4 | quote }}', want: '"REPO"', reason: 'names are cut to 63' },
  { name: 'default on empty', given: '{{ .empty | default "x" }}{{ default "y" .name }}', want: 'xrepo-controller', reason: 'sprig: empty counts as absent' },
  { name: 'if and else', given: '{{ if .empty }}a{{ else }}b{{ end }}', want: 'b', reason: 'the else branch is taken once' },
  { name: 'else if', given: '{{ if .empty }}a{{ else if eq .replicas 2 }}b{{ else }}c{{ end }}', want: 'b', reason: 'a chain has one end' },
  { name: 'nested control', given: '{{ if .name }}{{ if .empty }}x{{ end }}y{{ end }}z', want: 'yz', reason: 'inner ends do not end the outer block' },
  { name: 'with', given: '{{ with .nested.deep }}{{ .key }}{{ $.name }}{{ end }}', want: 'vrepo-controller', reason: '$ stays the root' },
  { name: 'range', given: '{{ range .list }}<{{ . }}>{{ end }}', want: '<p><q>', reason: 'one pass per item' },
  { name: 'trim', given: 'a\n  {{- if .name }}\n  b\n  {{- end }}\nc', want: 'a\n  b\nc', reason: 'dashes eat white space up to the text' },
  { name: 'comment', given: 'a{{/* }} */}}b', want: 'ab', reason: 'a comment may hold braces' },
  { name: 'braces in a string', given: '{{ print "}}" }}', want: '}}', reason: 'a string does not end the action' },
  { name: 'variable', given: '{{ $x := .resource }}{{ $x }}', want: 'repoes', reason: 'charts name things once' },
  { name: 'parentheses', given: '{{ printf "%s-%d" (upper .resource) .replicas }}', want: 'REPOES-2', reason: 'pipelines nest' },
  { name: 'nindent toYaml', given: 'labels:{{ toYaml .labels | nindent 2 }}', want: 'labels:\n  {"a":"x"}', reason: 'JSON is YAML' },
]

describe('renderTemplate', () => {
  it.each(rows)('$name ($reason)', ({ given, want }) => expect(renderTemplate(given, values)).toBe(want))

  const errors: readonly { given: string; at: { line: number; column: number }; reason: string }[] = [
    { given: 'a\n  {{ frob .name }}', at: { line: 2, column: 3 }, reason: 'an unknown function is found at start, not in the cluster' },
    { given: '{{ if .name }}', at: { line: 1, column: 1 }, reason: 'a block without end' },
    { given: 'x {{ end }}', at: { line: 1, column: 3 }, reason: 'an end without block' },
    { given: '{{ .name', at: { line: 1, column: 1 }, reason: 'an action without end' },
    { given: '{{ $y }}', at: { line: 1, column: 1 }, reason: 'a variable that nobody set' },
  ]
  it.each(errors)('says where: $reason', ({ given, at }) => {
    expect(() => renderTemplate(given, values)).toThrowError(expect.objectContaining({ name: 'TemplateError', at }))
  })
})
