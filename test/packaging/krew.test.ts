import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { krewManifest } from '../../packaging/krew.ts'
import { platforms } from '../../packaging/platforms.ts'

/** https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ and what its index asks of a short description. */
test('the manifest has what krew wants of each platform', () => {
  const archives = platforms.map((platform, index) => ({ platform, sha256: String(index).repeat(64) }))
  const { metadata, spec } = parse(krewManifest(archives, '1.2.3', 'https://example.com/it'))
  expect(metadata).toEqual({ name: 'hostdeps' })
  expect(spec).toMatchObject({ version: 'v1.2.3', homepage: 'https://example.com/it' })
  expect(spec.shortDescription.length).toBeLessThanOrEqual(50)
  expect(spec.shortDescription).not.toMatch(/\.$/)
  expect(spec.platforms).toHaveLength(3)
  expect(spec.platforms[1]).toMatchObject({
    selector: { matchLabels: { os: 'linux', arch: 'arm64' } },
    uri: 'https://example.com/it/releases/download/v1.2.3/hostdeps-v1.2.3-linux-arm64.tar.gz',
    sha256: '1'.repeat(64),
    bin: 'kubectl-hostdeps',
  })
})
