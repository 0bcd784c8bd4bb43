import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { aptEnv, aptOptions, mustBeDebianRoot } from './apt.ts'
import { debianReleases } from './debian-releases.ts'
import { hostRoot } from './host-root.ts'
import { kernelTrees } from './kernel-trees.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** The roots that the packages are for, by the release. */
const roots: Readonly<Record<string, string>> = {
  bookworm: 'HOSTDEPS_TEST_HOST_ROOT',
  trixie: 'HOSTDEPS_TEST_ROOT_TRIXIE',
  sid: 'HOSTDEPS_TEST_ROOT_SID',
}

/**
 * What the fixes of the shipped checks install on Debian, with all that it takes, as a repository a release: a host that
 * reaches nothing else can run its fixes. Some minutes when it is new, kept in .cache; what Debian has not, or not in main,
 * is not there either.
 */
function packagesOf(title: string, suites: readonly string[]): Step {
  return {
    title,
    gives: ['HOSTDEPS_TEST_PACKAGES'],
    needs: [systemPackages, hostRoot, debianReleases, kernelTrees],
    hint: 'run npm test as root on Debian 12',
    async run(tell) {
      await mustBeDebianRoot()
      const place = resolve('.cache/packages')
      for (const suite of suites) {
        const root = process.env[roots[suite] ?? '']
        if (root === undefined) throw new Error(`there is no root of ${suite}`)
        await addPackages(join(place, suite), root, { names: [...namesInChecks(), ...ofTests(suite)], tell })
      }
      return { HOSTDEPS_TEST_PACKAGES: place }
    },
  }
}

/** Those of Debian 12, whose fixes every `npm test` runs. */
export const fixPackages = packagesOf('the packages that fixes install', ['bookworm'])

/** Those of the other releases too, for `npm run test:long`. */
export const allFixPackages = packagesOf(
  'the packages that fixes install on every release',
  Object.keys(roots),
)

interface Wanted {
  readonly names: readonly string[]
  readonly tell: (progress: string) => void
}

/** Asks apt in the root for each name that was not asked for yet: what it takes depends on what is there. */
async function addPackages(folder: string, root: string, { names, tell }: Wanted): Promise<void> {
  const list = join(folder, 'asked.json')
  const known: { root?: string; names: string[] } = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : { names: [] }
  const isSame = known.root === root
  const wanted = names.filter((name) => !isSame || !known.names.includes(name))
  if (wanted.length === 0) return
  tell(`${folder}: downloading ${wanted.join(' ')}`)
  if (!isSame) await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'partial'), { recursive: true })
  await inOverlay(root, folder, wanted)
  const { stdout } = await execa('dpkg-scanpackages', ['--multiversion', '.'], {
    cwd: folder,
    stderr: 'ignore',
  })
  writeFileSync(join(folder, 'Packages'), `${stdout}\n`)
  writeFileSync(list, JSON.stringify({ root, names: isSame ? [...known.names, ...wanted] : wanted }))
}

/** Over a layer of its own, so that the root stays as it is; the downloads come into the folder. */
async function inOverlay(root: string, folder: string, names: readonly string[]): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  const [upper, work, whole] = ['upper', 'work', 'root'].map((name) => join(part, name))
  if (upper === undefined || work === undefined || whole === undefined) return
  for (const place of [upper, work, whole]) await mkdir(place, { recursive: true })
  await execa('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${root},upperdir=${upper},workdir=${work}`,
    whole,
  ])
  try {
    const archives = join(whole, 'var/cache/apt/archives')
    await execa('mount', ['--bind', folder, archives])
    try {
      await execa('chroot', [whole, 'apt-get', 'update', ...aptOptions], { env: aptEnv })
      await execa('chroot', [whole, 'sh', '-c', download, 'sh', ...names], { env: aptEnv })
    } finally {
      await execa('umount', [archives])
    }
  } finally {
    await execa('umount', [whole])
    await rm(part, { recursive: true, force: true })
  }
}

/** A name that Debian does not have is passed over; one that it has and cannot bring is an error. */
const download = `set -e
for name in "$@"; do
  apt-cache policy "$name" | grep -q 'Candidate: [^(]' || continue
  apt-get install ${aptOptions.join(' ')} --download-only "$name"
done`

/** Under `debian` and `all` in each fix of each check. */
function namesInChecks(): string[] {
  const names = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'fix') for (const name of packagesIn(inner)) names.add(name)
      walk(inner)
    }
  }
  const files = readdirSync('checks').filter((file) => file.endsWith('.yaml'))
  for (const file of files) walk(parse(readFileSync(join('checks', file), 'utf8')))
  return [...names].filter((name) => !name.includes('$')).toSorted()
}

function packagesIn(fix: unknown): string[] {
  const byDistro = fix as Readonly<Record<string, { packages?: string | string[] } | undefined>>
  return [byDistro['debian'], byDistro['all']].flatMap((one) => one?.packages ?? [])
}

/** What tests install besides, and what belongs to the kernel that the virtual machine runs. */
function ofTests(suite: string): string[] {
  if (suite !== 'bookworm') return []
  const headers = readdirSync(resolve('.cache/kernels/bookworm/root/lib/modules')).map(
    (release) => `linux-headers-${release}`,
  )
  return [...installers, ...setters, ...headers]
}

/** What sets new nodes up, and what Ansible needs on a host. */
const setters = ['cloud-init', 'python3', 'python3-apt']

const installers = [
  'needrestart',
  'rpm',
  'dnf',
  'createrepo-c',
  'zypper',
  'pacman-package-manager',
  'makepkg',
  'libarchive-tools',
]
