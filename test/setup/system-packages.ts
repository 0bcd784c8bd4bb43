import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { Step } from './step.ts'

/** Debian's packages that tests need, by the program or file that tells whether they are there. */
const packages: Readonly<Record<string, string>> = {
  debootstrap: '/usr/sbin/debootstrap',
  'systemd-container': '/usr/bin/systemd-nspawn',
  'util-linux': '/usr/bin/nsenter',
  iproute2: '/sbin/ip',
  procps: '/usr/bin/pgrep',
  python3: '/usr/bin/python3',
  rpm: '/usr/bin/rpm',
  chromium: '/usr/bin/chromium',
}

export const systemPackages: Step = {
  title: 'system packages',
  hint: `apt-get install ${Object.keys(packages).join(' ')}`,
  async run(tell) {
    const wanted = await missingPackages()
    if (wanted.length > 0) await install(wanted, tell)
    return { CHROMIUM: packages['chromium'] ?? '' }
  },
}

async function missingPackages(): Promise<string[]> {
  const { stdout } = await execa('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'])
  const installed = new Set(stdout.split('\n'))
  return Object.keys(packages).filter((name) => !installed.has(`${name} installed`))
}

async function install(names: readonly string[], tell: (progress: string) => void): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(`${names.join(', ')} are missing, and only root may install them`)
  if (!(await readFile('/etc/os-release', 'utf8')).includes('ID=debian'))
    throw new Error('this is not Debian')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  tell('apt-get update')
  await execa('apt-get', ['update'], { env })
  tell(`apt-get install ${names.join(' ')}`)
  await execa('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env })
}
