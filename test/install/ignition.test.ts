import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { newNodeFormats } from '#agent/commands/wiring/new-nodes/formats.ts'
import { allChecks, allKinds, catalog, planOf } from '../fixes/new-node/made-likes.ts'

const validator = process.env['HOSTDEPS_TEST_IGNITION']

describe.skipIf(validator === undefined)("a config for Ignition, by Ignition's own reader", () => {
  test.each([
    [['flatcar'], ['open-iscsi']],
    [['fedora'], ['longhorn', 'elasticsearch']],
    [allKinds, allChecks],
  ] as const)('of %j, for %j', async (kinds, checks) => {
    const config = newNodeFormats.ignition(planOf(kinds, checks).nodes, { catalog })
    const read = await execa(validator ?? '', ['-'], { input: config, reject: false, all: true })
    expect(read).toMatchObject({ exitCode: 0, all: '' })
  })

  test('a broken one is refused: it is read at all', async () => {
    const config = newNodeFormats.ignition(planOf(['flatcar'], ['open-iscsi']).nodes, { catalog })
    const broken = config.replace('"mode"', '"overwrite": "yes", "mode"').replace('data:;base64,', 'datum:')
    const read = await execa(validator ?? '', ['-'], { input: broken, reject: false })
    expect(read.exitCode).not.toBe(0)
  })
})
