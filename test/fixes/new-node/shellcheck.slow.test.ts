import { expect, test } from 'vitest'
import { partsOf } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { hasShellcheck, shellcheck } from '../script/shellcheck.ts'
import { allChecks, allKinds, planOf } from './made-likes.ts'

test.skipIf(!hasShellcheck)(
  'shellcheck has nothing against the script, for all checks on every distribution',
  async () => {
    const plans = [...allKinds.map((kind) => planOf([kind], allChecks)), planOf(allKinds, allChecks)]
    const scripts = plans
      .filter(({ nodes }) => nodes.length > 0)
      .map(({ nodes }) => fixScript(partsOf(nodes), { version: '0.0.0', repair: false }))
    expect(scripts.length).toBeGreaterThan(10)
    expect(await shellcheck(scripts)).toEqual({ exitCode: 0, stdout: '' })
  },
)
