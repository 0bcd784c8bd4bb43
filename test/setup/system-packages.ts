import { execa } from 'execa'
import { aptEnv, aptOptions, mustBeDebianRoot } from './apt.ts'
import type { Step } from './step.ts'

/** Debian's packages that tests need, and what for. */
const packages: Readonly<Record<string, string>> = {
  debootstrap: 'makes the root of the test host',
  'systemd-container': 'systemd-nspawn boots it',
  'util-linux': 'nsenter, setpriv, mount',
  mount: 'mount and umount, of overlays and hung mounts',
  iproute2: 'network namespaces',
  procps: 'pgrep',
  kmod: 'depmod and the real modprobe',
  python3: 'serves the mount that hangs',
  'python3-pip': 'downloads Ansible and schemathesis',
  rpm: 'the real order of versions',
  'dpkg-dev': 'makes the repository that test hosts install from',
  'libdpkg-perl': 'the real order of versions',
  libalpm13: "the real order of versions, pacman's",
  chromium: 'the page',
  buildah: 'images',
  'docker-registry': 'a registry, for the block that users paste',
  tini: 'the init of the image',
  libfaketime: 'a clock that is set back',
  curl: 'the Service as users ask it',
  'busybox-static': 'the image of the pods that tests run, and the first step of a virtual machine',
  'qemu-system-x86': 'emulates a machine with a kernel of its own',
  e2fsprogs: 'makes its disks',
  'qemu-user-static': 'runs the executable for arm64',
  'libc6-arm64-cross': 'what that executable loads',
  'libstdc++6-arm64-cross': 'what that executable loads',
  'libgcc-s1-arm64-cross': 'what that executable loads',
  'libatomic1-arm64-cross': 'what that executable loads',
  skopeo: 'reads images',
  shellcheck: 'reads the scripts that fix prints',
  'libxml2-utils': 'xmllint reads test reports by their schema',
  perl: 'prove reads the same as TAP',
  'xz-utils': 'unpacks modules for its first step',
}

export const systemPackages: Step = {
  title: 'system packages',
  gives: ['CHROMIUM'],
  hint: `apt-get install ${Object.keys(packages).join(' ')}`,
  async run(tell) {
    const wanted = await missingPackages()
    if (wanted.length > 0) await install(wanted, tell)
    return { CHROMIUM: process.env['CHROMIUM'] ?? '/usr/bin/chromium' }
  },
}

async function missingPackages(): Promise<string[]> {
  const { stdout } = await execa('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'], {
    reject: false,
  })
  const installed = new Set((stdout ?? '').split('\n'))
  return Object.keys(packages).filter((name) => !installed.has(`${name} installed`))
}

async function install(names: readonly string[], tell: (progress: string) => void): Promise<void> {
  await mustBeDebianRoot().catch((error: Error) => {
    throw new Error(`${names.join(', ')} are missing, and ${error.message}`)
  })
  tell('apt-get update')
  await execa('apt-get', ['update', ...aptOptions], { env: aptEnv })
  tell(`apt-get install ${names.join(' ')}`)
  await execa('apt-get', ['install', '--no-install-recommends', ...aptOptions, ...names], { env: aptEnv })
}
