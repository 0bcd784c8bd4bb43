import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../../package.json' with { type: 'json' }
import { podLines, publishLine } from '#agent/render/pod-lines.ts'

const lines = podLines('open-iscsi', manifest)

test.each([
  { file: 'node-affinity.yaml', title: 'Only on nodes that are ready', indent: 6 },
  { file: 'must-not-be-stopped.yaml', title: 'Not on nodes where it is proven missing', indent: 6 },
  { file: 'init-wait.yaml', title: 'In an initContainer', indent: 2 },
])('$title: the same lines as in examples/$file', ({ file, title, indent }) => {
  const example = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8')
  const { yaml = '' } = lines.find((one) => one.title === title) ?? {}
  expect(example).toContain(`${yaml.replace(/^/gm, ' '.repeat(indent))}\n`)
})

test('the annotation is that of examples/gated.yaml, for one check', () => {
  const example = parse(readFileSync(new URL('../../examples/gated.yaml', import.meta.url), 'utf8'))
  const [key] = Object.keys(example.spec.template.metadata.annotations)
  expect(parse(lines[2]?.yaml ?? '')).toEqual({ annotations: { [String(key)]: 'open-iscsi' } })
})

// YAML takes many a name for something else.
test.each(['open-iscsi', '1', 'null', 'yes', '0x1f', '1e3', 'no'])('%s: the name stays a text', (name) => {
  const [, , gate, init] = podLines(name, { version: '1.2.3' }).map(({ yaml }) => parse(yaml))
  expect(gate.annotations).toEqual({ 'hostdeps.dev/requires': name })
  expect(init.initContainers[0].args.at(-1)).toBe(name)
  expect(init.initContainers[0].image).toBe('ghcr.io/hostdeps/hostdeps:1.2.3')
  expect(parse(podLines(name, manifest)[2]?.yaml ?? '', { version: '1.1' }).annotations).toEqual({
    'hostdeps.dev/requires': name,
  })
  expect(parse(publishLine(name, { checks: ['open-iscsi'] })).checks).toContain(name)
})

test('the line of the config has each check once', () => {
  const settings = { checks: ['kubernetes-node', 'time-sync'] }
  expect(publishLine('longhorn', settings)).toBe('checks: [kubernetes-node, time-sync, longhorn]')
  expect(publishLine('time-sync', settings)).toBe('checks: [kubernetes-node, time-sync]')
})
