import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { defaultConfig } from '#agent/catalog/config.ts'
import { systemClock } from '#agent/host/clock.ts'
import { openHost } from '#agent/host/open-host.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { bootHost } from '../hosts/nspawn.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { preflight } from '../setup/preflight.ts'
import { asCheck, asPreflight, files, packages, sysctls, units } from './hundred.ts'
import { measure, ratio, showTime } from './measure.ts'
import type { Cost } from './measure.ts'

/** 50 packages, 10 units, 20 files and 20 settings of one Debian 12 host: by hostdeps, and by others beside it. */
if (process.env['HOSTDEPS_TEST_HOST_ROOT'] === undefined)
  console.log('SKIPPED: HOSTDEPS_TEST_HOST_ROOT is not set')
else await comparePeers()

async function comparePeers(): Promise<void> {
  const program = await preflight((words) => console.log(words)).catch((error: unknown) => {
    console.log(
      `SKIPPED: preflight cannot be built (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    )
    return null
  })
  const host = await bootHost('peers', program === null ? {} : { binds: { '/opt/peers': dirname(program) } })
  try {
    const ours = await measureOurs(host)
    tell('hostdeps, a warm round (aim: 20 ms)', ours)
    const naive = await measure(5, () => askOneByOne(host.pid))
    tell('nsenter with dpkg-query, systemctl, stat and sysctl, one by one', naive, ours)
    if (program !== null)
      tell('preflight v0.133.0, without files, told that it is Ubuntu', await measurePreflight(host), ours)
  } finally {
    await host.stop()
  }
}

function tell(name: string, { wall, own, children, started }: Cost, beside?: Cost): void {
  const times = beside === undefined ? '' : `; ${ratio(wall.least, beside.wall.least)} that of hostdeps`
  console.log(`${name}:\n  ${showTime(wall)}${times}`)
  console.log(
    `  CPU ${own.middle.toFixed(1)} ms, of processes ${children.toFixed(0)} ms; ${started.middle} started by us`,
  )
}

async function measureOurs(host: TestHost): Promise<Cost> {
  const rules = { origin: 'shipped', allowCommands: true } as const
  const { catalog, mistakes } = readCatalog([{ file: 'hundred.yaml', text: asCheck(), rules }])
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('; '))
  const asked = openHost({ procfs: '/proc', targetPid: host.pid, deadline: () => 20_000 })
  const loaded = { config: defaultConfig, catalog, hash: '' }
  const round = () =>
    makeRound({ host: asked, clock: systemClock, files: { loaded, mistakes: [] }, names: catalog.keys() })
  await measure(20, round)
  return measure(50, round)
}

async function askOneByOne(pid: number): Promise<void> {
  const commands = [
    ...packages.map((name) => ['dpkg-query', '-W', name]),
    ...units.map((name) => ['systemctl', 'is-active', name]),
    ...files.map((path) => ['stat', path]),
    ...sysctls.map((key) => ['sysctl', '-n', key]),
  ]
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', SYSTEMCTL_FORCE_BUS: '1' }
  for (const command of commands)
    await execa('nsenter', [`--mount=/proc/${pid}/ns/mnt`, '--', ...command], {
      env,
      extendEnv: false,
      reject: false,
    })
}

/** Of Debian it says that it is not supported, and asks for no package. */
async function measurePreflight(host: TestHost): Promise<Cost> {
  const release = readFileSync(`${host.root}/etc/os-release`, 'utf8')
  await host.writeFile('/etc/os-release', release.replace(/^ID=.*$/m, 'ID=ubuntu'))
  await host.writeFile('/run/hundred.yaml', asPreflight())
  const flags = ['--interactive=false', '--auto-update=false', '--no-uri', '--format=json']
  const argv = ['/opt/peers/preflight', ...flags, '/run/hundred.yaml']
  const { stdout, stderr } = await host.exec(argv)
  const said = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, unknown[] | undefined>
  const counts = Object.entries(said).map(([outcome, all]) => `${all?.length} ${outcome}`)
  console.log(`preflight says: ${counts.join(', ')}${stderr === '' ? '' : `; ${stderr.split('\n')[0]}`}`)
  return measure(5, () => host.exec(argv))
}
