import { describe, expect, test } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { lintCheck } from '#agent/catalog/lint/lint.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'

test('the shipped checks have no mistakes, a source for each fact and a fix for each distribution', () => {
  const { catalog, mistakes } = readCatalog(readShipped())
  expect([...mistakes, ...[...catalog.values()].flatMap(lintCheck)].map(formatMistake)).toEqual([])
  expect(catalog.size).toBeGreaterThanOrEqual(100)
})

const everywhere = `{ all: { packages: [tool] }, ${images('{ note: It is in the image. }')} }`
const good = { needs: ['binary: tool'], fix: everywhere }

test('a check with a source, and a fix or note for each distribution, has no mistake', () => {
  expect(lint(good)).toEqual([])
})

describe('whys', () => {
  const noWhy = (needs: readonly string[]) => lint({ ...good, needs }).filter((line) => line.includes(' why'))

  test("the check's own why serves its only need", () => {
    expect(noWhy(['binary: tool'])).toEqual([])
  })

  test('each of several needs has its own, even one that is recommended or has alternatives', () => {
    const why = 'why: Pods run it.'
    const either = 'anyOf: [{ binary: a }, { binary: b }]'
    expect(noWhy([`binary: tool\n    ${why}`, 'binary: other\n    recommended: true', either])).toEqual([
      'c.yaml:6: binary:other has no why, and the check has other needs',
      'c.yaml:8: anyOf:binary:a+1 has no why, and the check has other needs',
    ])
    expect(noWhy([`binary: tool\n    ${why}`, `${either}\n    ${why}`])).toEqual([])
  })

  test('an included check has its own, and so does an alternative of a need with one', () => {
    expect(noWhy(['check: open-iscsi', 'binary: tool'])).toEqual([
      'c.yaml:5: binary:tool has no why, and the check has other needs',
    ])
    const either = 'anyOf: [{ binary: a }, { binary: b }]\n    why: Pods run one.'
    expect(noWhy(['check: open-iscsi', either])).toEqual([])
  })

  test("one that repeats the check's why is a mistake", () => {
    expect(noWhy(['binary: tool\n    why: Pods call it.'])).toEqual([
      'c.yaml:4: binary:tool repeats the why of the check',
    ])
  })
})

describe('fixes that do not hold', () => {
  const lines = (fix: string, more = '') =>
    lint({
      ...good,
      needs: [`binary: tool\n    fix: { all: ${fix}, ${images('{ note: It is there. }')} }${more}`],
    })

  test.each([
    ["{ run: 'echo a >> /etc/fstab' }", 'appends to a file'],
    ['{ run: systemctl reboot }', 'reboots by a command'],
    ['{ run: dnf install -y --setopt=tsflags=noscripts a }', 'leaves scripts out'],
    ['{ run: apt-get install -y a }', 'write packages:'],
    ['{ run: sysctl -w a.b=1 }', 'write sysctls:'],
    ['{ run: modprobe -a a b }', 'write modules:'],
    ['{ run: mount -t bpf bpffs /sys/fs/bpf }', 'ask mountpoint -q first'],
    ["{ run: 'iscsi-iname > /etc/iscsi/initiatorname.iscsi' }", 'keep one that is there'],
    ["{ note: 'If the module is not found: install it.' }", 'leave that to the kind'],
  ])('%s', (fix, problem) => {
    expect(lines(fix).join('\n')).toContain(problem)
  })

  test('one that asks first, and modprobe of one of several, may stand', () => {
    expect(
      lines("{ run: ['mountpoint -q /a || mount -t bpf b /a', modprobe kvm_intel || modprobe kvm_amd] }"),
    ).toEqual([])
  })

  test('nothing that is recommended reboots', () => {
    expect(lines('{ packages: [a], reboot: true }', '\n    recommended: true')).toEqual([
      'c.yaml:4: binary:tool is recommended, and has a fix that reboots: say it in the note',
    ])
    expect(lines('{ packages: [a], reboot: true }')).toEqual([])
  })
})

describe('sources', () => {
  test('one source of the check is enough, and so is one for each need', () => {
    expect(lint({ ...good, sources: '[]' })).toEqual([
      'c.yaml:4: binary:tool has no source, and neither has the check',
    ])
    const own = 'binary: tool\n    why: Pods run it.\n    source: https://example.org'
    const other = 'binary: other\n    why: Pods run it too.'
    expect(lint({ ...good, sources: '[]', needs: [own] })).toEqual([])
    expect(lint({ ...good, sources: '[]', needs: [own, other] })).toHaveLength(1)
  })

  test('an included check has its own', () => {
    expect(lint({ ...good, sources: '[]', needs: ['check: open-iscsi'] })).toEqual([])
  })
})

describe('fixes', () => {
  const lacking = (needs: string[], fix = '') =>
    lint({ needs, fix }).map((text) => text.replace(/^.*has no fix or note for /, ''))

  test.each<[string, string, string]>([
    ['of one distribution of a family', '{ os: [ubuntu] }', 'ubuntu'],
    ['of Amazon', '{ os: [amzn] }', 'amzn'],
    ['of openSUSE Leap', '{ os: [opensuse-leap] }', 'opensuse-leap'],
    ['of a family', '{ os: [debian] }', 'debian'],
    ['of one image', '{ os: [talos] }', 'talos'],
    ['of one architecture', '{ os: [alpine], arch: arm64 }', 'alpine'],
    ['of an architecture that hostdeps is not built for', '{ os: [alpine], arch: riscv64 }', 'alpine'],
    ['of old kernels', "{ os: [alpine], kernel: '<6' }", 'alpine'],
    ['of new kernels', "{ os: [alpine], kernel: '>=99' }", 'alpine'],
    ['of kernels between two bounds', "{ os: [alpine], kernel: '>5.4 <5.5' }", 'alpine'],
    ['of no one kernel', "{ os: [alpine], kernel: '=5.15.0-94' }", 'alpine'],
    [
      'of all but the images',
      '{ notOs: [talos, bottlerocket, cos, flatcar, nixos] }',
      'debian, rhel, suse, alpine, arch',
    ],
  ])('are wanted on hosts %s', (_, when, names) => {
    expect(lacking([`binary: tool\n    when: ${when}`])).toEqual([names])
  })

  test('a fix for all does not cover images', () => {
    expect(lacking(['binary: tool'], '{ all: { packages: [tool] } }')).toEqual([
      'talos, bottlerocket, cos, flatcar, nixos',
    ])
  })

  test('a fix for part of a family leaves the others without one', () => {
    const fix = everywhere.replace('all:', 'ubuntu:')
    const [names] = lacking(['binary: tool\n    when: { os: [debian] }'], fix)
    expect(names?.split(', ')).toContain('debian')
    expect(names?.split(', ')).not.toContain('ubuntu')
  })

  test('a kernel module without a config option needs one where it is absent', () => {
    expect(lacking(['kernelModule: nvidia'])).toEqual([
      'debian, rhel, suse, alpine, arch, talos, bottlerocket, cos, flatcar, nixos when it is ModuleNotFound',
    ])
    expect(lacking(['kernelModule: nbd\n    config: CONFIG_BLK_DEV_NBD'])).toEqual([])
  })

  test('one alternative with a fix on each host is enough', () => {
    const [on, off] = ['{ os: [debian] }', '{ notOs: [debian] }']
    const either = (first: string, second: string) => `anyOf:\n      - ${first}\n      - ${second}`
    const fixed = (name: string, when: string) => `{ binary: ${name}, when: ${when}, fix: ${everywhere} }`
    const bare = (name: string, when: string) => `{ binary: ${name}, when: ${when} }`
    expect(lacking([either(fixed('a', on), fixed('b', off))])).toEqual([])
    expect(lacking([either(fixed('a', on), bare('b', off))])).toEqual([
      'rhel, suse, alpine, arch, talos, bottlerocket, cos, flatcar, nixos',
    ])
    expect(lacking([either(bare('a', on), fixed('b', off))])).toEqual(['debian'])
    expect(lacking([either(bare('a', on), fixed('b', '{}'))])).toEqual([])
    expect(lacking([either('check: open-iscsi', bare('b', '{}'))])).toEqual([])
    expect(lacking([`${either(bare('a', on), bare('b', off))}\n    fix: ${everywhere}`])).toEqual([])
  })

  test('a nested alternative counts', () => {
    const inner = '{ anyOf: [{ binary: a }, { binary: b }] }'
    expect(lacking([`anyOf:\n      - ${inner}\n      - { binary: c, when: { os: [arch] } }`])).toHaveLength(1)
  })
})

describe('places', () => {
  test.each([
    ['{ os: [debain] }', 'is for debain, which is unknown (did you mean debian?)'],
    ['{ notOs: [tallos] }', 'is for tallos, which is unknown (did you mean talos?)'],
    ["{ kernel: '>6 <5' }", 'applies to no host'],
    ['{ os: [ubuntu], notOs: [debian] }', 'applies to no host'],
  ])('%s', (when, words) => {
    expect(lint({ ...good, needs: [`binary: tool\n    when: ${when}`] })).toEqual([
      `c.yaml:4: binary:tool ${words}`,
    ])
  })

  test("an alternative's place lies within that of its anyOf", () => {
    const need = `anyOf:\n      - { binary: tool, when: { os: [alpine] } }\n      - binary: other\n    when: { os: [debian] }`
    expect(lint({ ...good, needs: [need] })).toEqual(['c.yaml:5: binary:tool applies to no host'])
  })
})

describe('words', () => {
  test.each([
    ['the why of the check', { why: 'x' }],
    ['the why of binary:tool', { needs: ['binary: tool\n    why: because of it'] }],
    ['the note for talos of the check', { fix: everywhere.replace('It is in the image.', 'x') }],
    [
      'the note for arch of binary:tool',
      { needs: ['binary: tool\n    fix: { arch: { note: install it } }'] },
    ],
    ['the why of binary:tool', { needs: ['anyOf: [{ binary: tool, why: short }, { binary: other }]'] }],
  ])('%s is not a sentence', (what, parts) => {
    expect(lint({ ...good, ...parts })).toEqual([
      expect.stringMatching(new RegExp(`^c.yaml:\\d+: ${what} is not a sentence: "[^"]+"$`)),
    ])
  })

  test.each([
    'Upgrade Talos.',
    'Load it (see its page.)',
    'Take it from https://example.org/a',
    'See why it ended: journalctl -u chronyd',
  ])('%s', (note) => {
    expect(lint({ ...good, fix: everywhere.replace('It is in the image.', `'${note}'`) })).toEqual([])
  })
})

interface Parts {
  readonly needs: readonly string[]
  readonly fix: string
  readonly why?: string
  readonly sources?: string
}

/** What the lint says of a check "c". */
function lint({ needs, fix, why = 'Pods call it.', sources = '[https://example.org]' }: Parts): string[] {
  const list = needs.map((need) => `  - ${need}\n`).join('')
  const text = `title: t\nwhy: ${why}\nneeds:\n${list}sources: ${sources}\n${fix && `fix: ${fix}\n`}`
  const rules = { origin: 'shipped', allowCommands: true } as const
  const taken = { file: 'open-iscsi.yaml', text: 'title: t\nwhy: w\nneeds: [binary: iscsiadm]\n', rules }
  const { catalog, mistakes } = readCatalog([taken, { file: 'c.yaml', text, rules }])
  const check = catalog.get('c')
  if (check === undefined) throw new Error(mistakes.map(formatMistake).join('\n'))
  return lintCheck(check).map(formatMistake)
}

function images(fix: string): string {
  return ['talos', 'bottlerocket', 'cos', 'flatcar', 'nixos'].map((name) => `${name}: ${fix}`).join(', ')
}
