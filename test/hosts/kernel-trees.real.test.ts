import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { collectAnswers } from '#agent/model/answers.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Host } from '#agent/model/host.ts'
import { kernelModule } from '#agent/needs/kernel/kernel-module.ts'
import { moduleNames } from './catalogue-names.ts'
import { recordedHost } from './recorded-host.ts'

const kernels = process.env['HOSTDEPS_TEST_KERNELS']

/** One rule of each form that decides, over real modules. */
const rules = `# of the test
blacklist nbd
install dccp /bin/false
install sctp /bin/true
install vfat /sbin/modprobe --ignore-install vfat
alias my-own-name dm-crypt
install fs-jfs /bin/false
alias fs-hfs off
alias minix nosuch
alias ufs zram
alias efs nosuch
alias efs zram
alias qnx4 fs-qnx4
alias omfs omfs
blacklist omfs
install romfs /bin/echo "modprobe romfs is disabled"
install affs /bin/true && /sbin/modprobe --ignore-install affs
alias isofs off
`
/** The names that only these rules decide. */
const ruled = /^(fs[-_])?(jfs|hfs|minix|ufs|efs|qnx4|omfs|romfs|affs|isofs)$|nbd/

/** What the kernel's own tool, modprobe, would do with each name, against what is said of it. */
describe.skipIf(!kernels)('the module tree of a kernel of Debian', () => {
  describe.each([
    ['bookworm', /\.ko$/],
    ['trixie', /\.ko\.xz$/],
    ['sid', /\.ko\.xz$/],
  ])('%s', (suite, ending) => {
    const folder = join(kernels ?? '', suite)
    const root = join(folder, 'root')
    let release = ''
    let host: Host
    let facts: Facts

    beforeAll(async () => {
      ;[release = ''] = readdirSync(join(root, 'lib/modules'))
      put('proc/sys/kernel/osrelease', `${release}\n`)
      put('proc/modules', 'ext4 1056768 2 - Live 0x0000000000000000\ndm_mod 200704 8 - Live 0x0\n')
      put('etc/modprobe.d/test.conf', rules)
      put('etc/os-release', 'ID=debian\nPRETTY_NAME="Debian"\n')
      writeFileSync(join(folder, 'answers.yaml'), '{}\n')
      host = recordedHost(folder)
      facts = readFacts(collectAnswers(await host.ask(factQuestions)), { arch: process.arch, now: 0 })
    })

    function put(path: string, text: string): void {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }

    test(`its modules end in ${ending}`, () => {
      const files = readFileSync(join(root, 'lib/modules', release, 'modules.dep'), 'utf8').match(/^[^:]+/gm)
      expect(files?.length).toBeGreaterThan(3_000)
      expect(files?.filter((file) => !ending.test(file))).toEqual([])
    })

    test('is told as modprobe tells it, name by name', async () => {
      expect(await differences('names', namesOf(root, release))).toEqual([])
    })

    test('is told as modprobe tells it, alias by alias', async () => {
      expect(await differences('aliases of modules', modulesAliases(root, release))).toEqual([])
      expect(await differences('aliases of built-in ones', builtInAliases(root, release))).toEqual([])
    })

    /** The names of which we say another thing than modprobe does. */
    async function differences(what: string, names: readonly string[]): Promise<string[]> {
      expect(names.length).toBeGreaterThan(40)
      const truths = await askModprobe(root, release, names)
      const told = await Promise.all(names.map((name) => say(name)))
      const counts = Object.entries(Object.groupBy(told, (reason) => reason)).map(
        ([reason, all]) => `${all?.length} ${reason}`,
      )
      console.log(`${release}: ${names.length} ${what}, ${counts.join(', ')}`)
      return names.flatMap((name, index) => {
        const [ours = '', theirs = ''] = [told[index], truths[index]]
        const isBoth = ours === 'ModuleBuiltIn' && theirs === 'insmod' && isBuiltIn(root, release, name)
        return isBoth || sameAs[theirs]?.includes(ours) ? [] : [`${name}: ${ours}, modprobe says ${theirs}`]
      })
    }

    test.each([
      ['ext4', 'ModuleLoaded'],
      ['dm-mod', 'ModuleLoaded'],
      ['nbd', 'ModuleLoadable'],
      ['dccp', suite === 'sid' ? 'ModuleNotFound' : 'ModuleBlocked'],
      ['sctp', 'ModuleBlocked'],
      ['vfat', 'ModuleLoadable'],
      ['my_own_name', 'ModuleLoadable'],
      ['fs-nfs4', 'ModuleLoadable'],
      ['nfs', 'ModuleLoadable'],
      ['fs-jfs', 'ModuleBlocked'],
      ['jfs', 'ModuleLoadable'],
      ['fs-hfs', 'ModuleBlocked'],
      ['minix', 'ModuleBlocked'],
      ['fs-minix', 'ModuleLoadable'],
      ['ufs', 'ModuleLoadable'],
      ['efs', 'ModuleLoadable'],
      ['qnx4', 'ModuleBlocked'],
      ['omfs', 'ModuleBlocked'],
      ['romfs', 'ModuleUnknown'],
      ['affs', 'ModuleLoadable'],
      ['fs-iso9660', 'ModuleLoadable'],
      ['fs-debugfs', 'ModuleBuiltIn'],
      ['fs-tracefs', 'ModuleBuiltIn'],
      ['nf', 'ModuleNotFound'],
      ['nvidia', 'ModuleNotFound'],
    ])('%s: %s', async (name, reason) => {
      expect(await say(name)).toBe(reason)
      // What modprobe does with the same words: it runs a command for what is not there too, and does not say what comes of it.
      const [truth = ''] = await askModprobe(root, release, [name])
      const blocked = reason === 'ModuleBlocked' && truth === 'nothing'
      const nowhere = reason === 'ModuleNotFound' && truth === 'blocked'
      const unknown = reason === 'ModuleUnknown' && truth === 'install'
      expect(blocked || nowhere || unknown || sameAs[truth]?.includes(reason)).toBe(true)
    })

    async function say(name: string): Promise<string> {
      const spec = { kernelModule: name }
      const answers = collectAnswers(await host.ask(kernelModule.questions(spec, facts)))
      return kernelModule.judge(spec, answers, facts).reason
    }
  })
})

/** What is built in is there, though modprobe would load a module too that has its name as an alias (aes and aesni_intel). */
function isBuiltIn(root: string, release: string, name: string): boolean {
  const list = readFileSync(join(root, 'lib/modules', release, 'modules.builtin'), 'utf8')
  return list.includes(`/${name}.ko\n`)
}

/** What modprobe does, and which of our reasons say the same. */
const sameAs: Readonly<Record<string, readonly string[]>> = {
  insmod: ['ModuleLoadable', 'ModuleLoaded'],
  install: ['ModuleLoadable'],
  builtin: ['ModuleBuiltIn'],
  blocked: ['ModuleBlocked'],
  nothing: ['ModuleNotFound', 'ModuleNotInKernel'],
}

/** Those of the catalogue, a part of those that the tree has, some in the other spelling, and some that are nowhere. */
function namesOf(root: string, release: string): readonly string[] {
  const listed = ['modules.dep', 'modules.builtin'].flatMap((file) => {
    const text = readFileSync(join(root, 'lib/modules', release, file), 'utf8')
    return [...text.matchAll(/^[^:\n]*?([^/:\n]+)\.ko/gm)].map(([, name = '']) => name)
  })
  // Two parts of the kernel may have a file of one name ("core"), and modprobe finds one of them.
  const single = listed.filter((name, _, all) => all.indexOf(name) === all.lastIndexOf(name))
  const sample = single.filter((_, index) => index % 5 === 0)
  const respelt = sample.flatMap((name, index) => (index % 3 === 0 ? [swapped(name)] : []))
  const nowhere = sample.flatMap((name, index) => (index % 10 === 0 ? [`${name}x`, name.slice(0, -1)] : []))
  const names = [...moduleNames, ...sample, ...respelt, ...nowhere]
  return askable(names)
}

/** A part of the plain ones, some in the other spelling. */
function modulesAliases(root: string, release: string): readonly string[] {
  const all = aliasesIn(root, release, { file: 'modules.alias', pattern: /^alias ([\w-]+) /gm })
  const sample = all.filter((_, index) => index % 4 === 0)
  return askable([...sample, ...sample.flatMap((name, index) => (index % 3 === 0 ? [swapped(name)] : []))])
}

function builtInAliases(root: string, release: string): readonly string[] {
  const pattern = /(?:^|\0)\w+\.alias=([\w-]+)(?=\0)/g
  const all = aliasesIn(root, release, { file: 'modules.builtin.modinfo', pattern })
  return askable([...all, ...all.slice(0, 20).map(swapped)])
}

/** But for such as are the name of what is built in, too: modprobe loads modules for them besides (aes). */
function aliasesIn(root: string, release: string, of: { file: string; pattern: RegExp }): readonly string[] {
  const read = (file: string) => readFileSync(join(root, 'lib/modules', release, file), 'latin1')
  const builtIn = read('modules.builtin')
  const names = [...read(of.file).matchAll(of.pattern)].map(([, name = '']) => name)
  return names.filter((name) => !builtIn.includes(`/${name}.ko\n`))
}

/** Those that may be written as a need; what the rules of the test decide is asked one by one. */
function askable(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => /^[A-Za-z0-9][\w-]{0,63}$/.test(name) && !ruled.test(name))
}

function swapped(name: string): string {
  return name.replaceAll(/[-_]/g, (mark) => (mark === '-' ? '_' : '-'))
}

/** What each name comes to: of itself, and of what it needs. One shell, since it is a thousand names. */
async function askModprobe(root: string, release: string, names: readonly string[]): Promise<string[]> {
  const script =
    'while read -r name; do echo "> $name"; modprobe -d "$0" -C "$0/etc/modprobe.d" -S "$1" -q --show-depends "$name"; done; true'
  const { stdout } = await execa('sh', ['-c', script, root, release], { input: `${names.join('\n')}\n` })
  const blocks = stdout.split(/^> /m).slice(1)
  expect(blocks).toHaveLength(names.length)
  return blocks.map((block) => {
    if (/^install \/bin\/(true|false) *$/m.test(block)) return 'blocked'
    return ['install', 'insmod', 'builtin'].find((word) => block.includes(`\n${word} `)) ?? 'nothing'
  })
}
