import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRegistry } from '../../cluster/nodes/registry.ts'
import { emulateArm64 } from '../../setup/emulation.ts'
import { rcodesign } from '../../setup/rcodesign.ts'
import { setUp } from '../../setup/set-up.ts'
import { syft } from '../../setup/syft.ts'
import { systemPackages } from '../../setup/system-packages.ts'
import { pushBase } from './base-image.ts'
import { makeWhole } from './make.ts'
import { verifyRelease } from './verify.ts'

/** Makes the whole release twice, with the image of both architectures and the executable for macOS, and has others read it. */
export async function tryRelease() {
  const lacking = await setUp(systemPackages, { retries: 1 })
  if (lacking !== null) return { failed: 1, result: 'nothing was made, for want of system packages' }
  const tell = (progress: string) => void process.stdout.write(`release: ${progress}\n`)
  const programs = { rcodesign: await rcodesign(tell), syft: await syft(tell) }
  const undo = emulateArm64()
  const registry = await startRegistry('127.0.0.1')
  const work = mkdtempSync(join(tmpdir(), 'hostdeps-whole-release-'))
  try {
    const base = await pushBase(registry.address, join(work, 'base'), tell)
    const made = { base, registry: registry.address, programs: programs.rcodesign, work }
    tell('npm run release')
    const folder = await makeWhole('first', made)
    tell('npm run release, once more')
    const again = await makeWhole('second', made)
    const verdicts = await verifyRelease({ folder, again, ...programs, work })
    for (const { what, wrong } of verdicts)
      tell(`${wrong === null ? 'ok' : 'FAILED'}: ${what} ${wrong ?? ''}`)
    const failed = verdicts.filter(({ wrong }) => wrong !== null).length
    const rest = failed === 0 ? 'all are so' : `${failed} are not`
    return { failed, result: `${verdicts.map(({ what }) => what).join('; ')}: ${rest}` }
  } finally {
    rmSync(work, { recursive: true, force: true })
    undo()
    await registry.stop()
  }
}
