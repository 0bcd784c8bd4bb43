import { expect, test } from 'vitest'
import { bareImage, imagePattern, isImage } from '#agent/model/image.ts'

const name = 'longhornio/longhorn-manager'

test.each<[string, boolean]>([
  [name, true],
  [`${name}:v1.12.2`, true],
  [`docker.io/${name}`, true],
  [`registry.example:5000/${name}`, true],
  [`registry.example:5000/mirror/${name}:v1@sha256:${'a'.repeat(64)}`, true],
  [`other${name}`, false],
  [`${name}-x`, false],
  [`${name}/x`, false],
  ['longhorn-manager', false],
  ['', false],
])('%s', (reference, isIt) => {
  expect(isImage(reference, name)).toBe(isIt)
  expect(new RegExp(imagePattern(['a.b/c', name])).test(reference)).toBe(isIt)
})

test('a port is no version', () => {
  expect(bareImage('registry.example:5000/a')).toBe('registry.example:5000/a')
  expect(bareImage('registry.example:5000/a:1@sha256:b')).toBe('registry.example:5000/a')
})
