import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chart, generated } from '../../charts/generate.ts'
import { openTemplate } from '../../charts/template.ts'
import { valuesOf } from '../../charts/values.ts'

const made = generated()

test.each(Object.entries(made))('%s is what "npm run generate" makes', (path, text) => {
  expect(readFileSync(join(chart, path), 'utf8')).toBe(text)
})

test('no template is left of a manifest that is gone', () => {
  const there = readdirSync(join(chart, 'templates'))
  const byHand = ['NOTES.txt', '_helpers.tpl', 'dashboard.yaml', 'tests', 'validate.yaml']
  const generatedOnes = Object.keys(made).flatMap((path) => path.match(/(?<=^templates\/).+/) ?? [])
  expect(there.toSorted()).toEqual([...byHand, ...generatedOnes].toSorted())
})

test('the schema says of each value what values.yaml does, and nothing of the others', () => {
  const commented = valuesOf(made['values.yaml'] ?? '').filter(({ says }) => says !== '')
  const wanted = commented.map(({ path, says }) => [path.join('.'), says] as const)
  expect(saidIn(JSON.parse(made['values.schema.json'] ?? ''))).toEqual(Object.fromEntries(wanted))
})

interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Every description, by the path of its value; under the path of the schema's own part if it is of no value. */
function saidIn(schema: Schema, path: readonly string[] = []): Record<string, string> {
  const { description, properties = {}, ...rest } = schema
  const within = Object.entries(properties).map(([key, part]) => saidIn(part, [...path, key]))
  const parts = Object.entries(rest).filter(([, part]) => typeof part === 'object' && part !== null)
  const others = parts.map(([key, part]) => saidIn(part as Schema, [...path, `(${key})`]))
  const own = description === undefined ? {} : { [path.join('.')]: description }
  return Object.assign(own, ...within, ...others)
}

describe('a template', () => {
  const of = (text: string, edit: (template: ReturnType<typeof openTemplate>) => void) => {
    const template = openTemplate(text)
    edit(template)
    return template.toString()
  }

  test('keeps what is not named: comments within, modes, and what Helm would read as its own', () => {
    const text = '# of the file\nkind: A\nspec:\n  # why\n  mode: 0444\n  says: "{{ $labels.node }}"\n'
    expect(of(text, () => {})).toBe(
      'kind: A\nspec:\n  # why\n  mode: 0444\n  says: "{{`{{`}} $labels.node }}"\n',
    )
  })

  test('has expressions in place of words, maps and texts', () => {
    const text = 'a: one\nb: { c: 1 }\nd: |\n  text\ne: { f: 2 }\n'
    const edited = of(text, (template) => {
      template.set(['a'], 'include "x" .')
      template.setValue(['b'], '.Values.b')
      template.setLines(['d'], 'toYaml .Values.d', '|')
      template.setScalar(['e', 'f'], '.Values.f')
    })
    expect(edited).toBe(
      `a: {{ include "x" . | quote }}
{{- with .Values.b }}
b:
  {{- toYaml . | nindent 2 }}
{{- end }}
d: |
  {{- toYaml .Values.d | nindent 2 }}
e:
  {{- with .Values.f }}
  f: {{ . | quote }}
  {{- end }}
`,
    )
  })

  test('takes what a patch adds under its condition, by the names in lists', () => {
    const text = 'list:\n  - name: a\n    port: { path: / }\n  - { name: b }\n'
    const patch = { list: [{ name: 'a', port: { scheme: 'HTTPS' } }, { name: 'c' }] }
    expect(of(text, (template) => template.merge(patch, '.Values.on'))).toBe(
      `list:
  - name: a
    port:
      path: /
      {{- if .Values.on }}
      scheme: HTTPS
      {{- end }}
  - { name: b }
  {{- if .Values.on }}
  - name: c
  {{- end }}
`,
    )
  })

  test.each<[string, (template: ReturnType<typeof openTemplate>) => void]>([
    ['a path', (template) => template.set(['b'], 'x')],
    ['a map', (template) => template.append(['b', 'c'], ['x'])],
    ['a text', (template) => template.replace(/hostdeps/g, 'x')],
  ])('is not made when %s that is named is not there', (_, edit) => {
    expect(() => of('a: 1\n', edit)).toThrow('there is no')
  })

  test('is not made when a patch changes a value', () => {
    expect(() => of('a: 1\n', (template) => template.merge({ a: 2 }, 'x'))).toThrow('a has another value')
  })
})
