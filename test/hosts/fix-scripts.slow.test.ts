import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { hasCommands, scriptParts, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix } from '#agent/fixes/script/script-parts.ts'
import { askAndJudge } from '#agent/rounds/make-round.ts'
import { hasShellcheck, shellcheck } from '../fixes/script/shellcheck.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

const folder = new URL('composed/', import.meta.url).pathname
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []))
const loaded = load({ config: null, allowCommands: false })

/** All that a composed host lacks, of all checks. */
async function hostToFix(name: string): Promise<HostToFix> {
  const place = compose(join(folder, `${name}.yaml`))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const { round, facts, candidatesOf } = await askAndJudge({
    host: recordedHost(place),
    clock: fakeClock(),
    files: { loaded, mistakes: [] },
    names: loaded.catalog.keys(),
  })
  const missing = round.checks.filter(({ state }) => state === 'missing')
  return {
    name,
    facts,
    lacking: missing.map((check) => ({
      check: check.name,
      needs: check.findings
        .filter(({ state }) => state === 'missing')
        .map(({ need, reason }) => ({ id: need, reason })),
    })),
    candidates: candidatesOf(missing.map((check) => check.name)),
    isNamed: true,
  }
}

describe('the script of all that a host lacks', () => {
  test.skipIf(!hasShellcheck)(
    'passes shellcheck, on every distribution, and one for all of them too',
    async () => {
      const hosts = await Promise.all(names.map(hostToFix))
      const some = hosts.filter((host) => hasCommands(stepsOfHost(host)))
      expect(some.length).toBeGreaterThan(10)
      const groups = [...some.map((host) => [host]), some]
      const scripts = groups.map((group, index) =>
        fixScript(scriptParts(group), { version: '0.0.0', repair: index % 2 === 0 }),
      )
      expect(await shellcheck(scripts)).toEqual({ exitCode: 0, stdout: '' })
      for (const script of scripts) await execa('dash', ['-n'], { input: script })
    },
  )

  test.each(['talos-1.11', 'bottlerocket-1.50'])('has no command for %s', async (name) => {
    const host = await hostToFix(name)
    expect(host.lacking.length).toBeGreaterThan(0)
    expect(hasCommands(stepsOfHost(host))).toBe(false)
  })

  test.each(['sl-micro-6.2', 'fedora-coreos-43'])(
    'on %s waits for the next boot, and never reboots',
    async (name) => {
      const script = fixScript(scriptParts([await hostToFix(name)]), { version: '0.0.0', repair: false })
      expect(script).not.toMatch(/^\s*(systemctl )?reboot/m)
      expect(script).toMatch(/if \[ -e \/run\/\S+ \]; then[^]*reboot this host, and run this again/)
    },
  )
})
