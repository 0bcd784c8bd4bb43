import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

test('the versions of image, manifests and project are one', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const daemonSet = readFileSync(join(root, 'manifests/base/daemon-set.yaml'), 'utf8')
  expect(daemonSet.match(/image: .*/g)).toEqual(
    Array.from({ length: 2 }, () => `image: ghcr.io/hostdeps/hostdeps:${version}`),
  )
  expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain(`ARG VERSION=${version}\n`)
})
