import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { partsOf } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { hasProgram } from '../../setup/has-program.ts'
import { allChecks, allKinds, planOf } from './made-likes.ts'

const hasShellcheck = hasProgram(['shellcheck', '--version'], {
  shows: 'that shellcheck has nothing against the scripts for new nodes',
})

test.skipIf(!hasShellcheck)(
  'shellcheck has nothing against the script, for all checks on every distribution',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-scripts-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const plans = [...allKinds.map((kind) => planOf([kind], allChecks)), planOf(allKinds, allChecks)]
    const files = plans
      .filter((plan) => plan.nodes.length > 0)
      .map((plan, index) => {
        const file = join(folder, `${index}.sh`)
        writeFileSync(file, fixScript(partsOf(plan.nodes), { version: '0.0.0', repair: false }))
        return file
      })
    expect(files.length).toBeGreaterThan(10)
    const { stdout, exitCode } = await execa('shellcheck', ['--shell', 'sh', ...files], { reject: false })
    expect([exitCode, stdout]).toEqual([0, ''])
  },
)
