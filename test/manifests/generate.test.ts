import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { load } from '#agent/catalog/load.ts'
import { folder, generated } from '../../manifests/generate.ts'
import { knownWorkloads } from '../../manifests/known-workloads.ts'

const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
const shipped = [...catalog.values()]

test.each(Object.entries(generated(shipped)))(
  'overlays/gate/%s is what "npm run generate" makes',
  (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
  },
)

describe('known workloads', () => {
  test('have names that match no other image', () => {
    for (const { image } of knownWorkloads(shipped)) expect(image).toMatch(/^[a-z0-9.-]+(\/[a-z0-9.-]+)+$/)
  })

  test('Longhorn is known by its manager, with the checks that it includes', () => {
    expect(knownWorkloads(shipped)).toContainEqual({
      image: 'longhornio/longhorn-manager',
      checks: ['longhorn', 'open-iscsi', 'iscsi-tcp', 'longhorn-manager', 'nfs-client', 'nfs-module'],
    })
  })

  test.each([
    ['a check', '- check: plain', ['plain']],
    ['a check through another', '- check: middle', ['middle', 'plain']],
    ['one twice', '- check: plain\n  - check: middle', ['plain', 'middle']],
    ['not what is recommended', '- { check: plain, recommended: true }', []],
    ['not what is for some hosts', '- { check: plain, when: { os: [debian] } }', []],
    ['not one of several', '- anyOf: [{ check: plain }, { check: middle }]', []],
    ['not what applies to some hosts alone', '- check: narrow', []],
    ['not what finds out that it does not apply', '- check: doubtful', []],
    ['what is behind that', '- check: wide', ['wide', 'plain']],
    ['what has a need for each of them', '- check: parted', ['parted']],
  ])('are gated by %s', (_, needs, checks) => {
    const files = {
      workload: `${needs}\nimages: [its/image]`,
      plain: '- binary: a',
      middle: '- check: plain',
      narrow: '- { binary: a, when: { os: [debian] } }\n  - { binary: b, recommended: true }',
      parted: '- { binary: a, when: { notOs: [cos] } }\n  - { binary: b, when: { os: [cos] } }',
      doubtful: '- package: a\n  - check: narrow',
      wide: '- { binary: a, when: { arch: [amd64] } }\n  - check: plain',
    }
    const read = readCatalog(
      Object.entries(files).map(([name, needs]) => ({
        file: `${name}.yaml`,
        text: `title: A check\nwhy: It is needed.\nneeds:\n  ${needs}\n`,
        rules: { origin: 'custom', allowCommands: false },
      })),
    )
    expect(read.mistakes).toEqual([])
    expect(knownWorkloads([...read.catalog.values()])).toEqual([
      { image: 'its/image', checks: ['workload', ...checks] },
    ])
  })
})
