import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { isOfPod } from '#agent/host/processes/host-process.ts'
import { parseSockets } from '#agent/host/processes/ask-ports.ts'
import { readChild } from '#agent/host/files/ask-child.ts'
import { parseSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { readNsenter } from '#agent/host/programs/nsenter.ts'
import { readHead } from '#agent/host/settings/read-by-head.ts'
import { readStat } from '#agent/host/settings/read-by-stat.ts'
import { readUnits } from '#agent/host/programs/systemctl.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'
import { parseOsRelease } from '#agent/model/distro.ts'
import { plainLine, plainLines } from '#agent/model/plain.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { kinds } from '#agent/needs/index.ts'
import { matchesName } from '#agent/needs/modules/module-glob.ts'
import { compareApkVersions } from '#agent/versions/apk.ts'
import { compareDebVersions } from '#agent/versions/deb.ts'
import { compareDottedVersions, findVersion } from '#agent/versions/dotted.ts'
import { compareKernelVersions } from '#agent/versions/kernel.ts'
import { comparePacmanVersions } from '#agent/versions/pacman.ts'
import { compareRpmVersions } from '#agent/versions/rpm.ts'
import { found, judgeBy } from './answer-each.ts'
import { oneOfEach } from './one-of-each.ts'
import { frames, pieces } from './shapes.ts'

/** Whatever a host says, of whatever length, takes as much longer to understand as it is longer. */

type Read = (text: string) => unknown

const machine = { arch: 'x64', now: 0 }

const printed = (text: string, exitCode = 0) =>
  found({ exitCode, signal: null, stdout: text, stderr: text, truncated: false })
const some = [1, 2].map((at) => ({ ask: 'read' as const, path: `/a${at}` }))
const stats = some.map(({ path }) => ({ ask: 'stat' as const, path }))

const parsers: readonly (readonly [what: string, read: Read])[] = [
  ['os-release', parseOsRelease],
  [
    'all facts',
    (text) => readFacts(collectAnswers(factQuestions.map((one) => [one, answer(one, text)])), machine),
  ],
  ['systemctl show', (text) => readUnits(['a.service', 'b.service'], printed(text))],
  ['mounts that may hang', parseSuspectMounts],
  ['tcp sockets', (text) => parseSockets(text, 'tcp')],
  ['udp sockets', (text) => parseSockets(text, 'udp')],
  ['head', (text) => readHead('', some, printed(text))],
  ['stat', (text) => readStat('', stats, printed(text))],
  ['nsenter', (text) => readNsenter(printed(text, 1))],
  ['the child that reads files', (text) => readChild({ root: '', questions: some }, printed(text), 'x')],
  ['cgroups', (text) => isOfPod(text, '0::/a/b\n')],
  ['a harmless line', plainLine],
  ['harmless lines', plainLines],
  ['a glob', (text) => matchesName(text, 'a_b_c'.repeat(12))],
  ['a name for a glob', (text) => matchesName('*a*b?[a-z]*c', text)],
  ['the version in what a program says', findVersion],
  ...Object.entries({
    apk: compareApkVersions,
    deb: compareDebVersions,
    dotted: compareDottedVersions,
    kernel: compareKernelVersions,
    pacman: comparePacmanVersions,
    rpm: compareRpmVersions,
  }).map(([order, compare]) => [`versions: ${order}`, (text: string) => compare(text, `${text}1`)] as const),
  ...Object.values(oneOfEach).map((need) => judging(need)),
  ...(['apk', 'pacman', 'rpm', 'none'] as const).map((packages) =>
    judging("package: [nfs-common]\n    version: '>=1'", { packages }),
  ),
  judging('unit: iscsid.service\n    openrc: iscsid', { init: { type: 'openrc' } }),
  judging('user: { name: a, subids: 65536 }'),
  judging("binary: mount.nfs\n    run: [-V]\n    version: '>=1.2'"),
  judging('kernelModule: nfs_layout_nfsv41_files'),
  judging('kernelModule: a'),
  judging('kernelConfig: [CONFIG_A|CONFIG_B, CONFIG_C=n]'),
  judging('mount: { of: /var/lib/a, options: [ro], propagation: shared }'),
  judging("file: { path: /proc/sys/a, matches: '^a+b' }"),
  judging('sysctl: kernel.ostype\n    is: a'),
]

const small = 8_192
const large = 8 * small

describe('understanding it takes as much longer as it is longer:', () => {
  test.each(parsers)('%s', (_, read) => {
    for (const piece of pieces) {
      for (const frame of frames) {
        // What takes no time at this length is nowhere near the square of it: that is four thousand million.
        const first = workOf(read, shape(piece, frame, large), 1)
        if (first < 50_000) continue
        const [one, eight] = [small, large].map((size) => workOf(read, shape(piece, frame, size), 3))
        // By the square of it, it would be 64 times as much.
        expect(eight, JSON.stringify([frame, piece])).toBeLessThan(24 * Math.max(one ?? 0, 2_000))
      }
    }
  })
})

test('the shapes are as many as were tried by hand, and more', () => {
  expect(pieces.length * frames.length).toBeGreaterThan(46)
  expect(new Set(pieces).size).toBe(pieces.length)
})

function shape(piece: string, [before, after]: readonly [string, string], size: number): string {
  return before + piece.repeat(Math.ceil(size / piece.length)) + after
}

/** Microseconds of the processor, the least of several times. Each time the text is another one, so that no parse is kept. */
function workOf(read: Read, text: string, times: number): number {
  const took = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    read(text)
    const { user, system } = process.cpuUsage(before)
    return user + system
  })
  return Math.min(...took)
}

/** What a need of a kind makes of a host that says this text, whatever it is asked. */
function judging(need: string, facts: Partial<Facts> = {}): readonly [string, Read] {
  const written = parse(need.replaceAll('\n    ', '\n')) as Record<string, unknown>
  const kind = kinds[Object.keys(written)[0] ?? '']
  if (kind === undefined) throw new Error(`no kind: ${need}`)
  const words = Object.values(facts).map((fact) => ` (${JSON.stringify(fact)})`)
  const what = `the need ${need.replaceAll(/\s+/g, ' ')}${words.join('')}`
  return [what, (text) => judgeBy(kind, written, { answer: (one) => answer(one, text), facts })]
}

function answer(question: Question, text: string): Answer<unknown> {
  switch (question.ask) {
    case 'read':
      return found({ text })
    case 'readAll':
      return found({ files: [{ path: `${question.path}/a${question.suffix}`, text }], unread: [] })
    case 'run':
      return printed(text)
    case 'list':
      return found({ names: text.split('\n') })
    case 'which':
      return found({ path: '/usr/bin/a', isExecutable: true, isScript: false })
    case 'unit':
      return found({ LoadState: text, ActiveState: text, SubState: text, UnitFileState: text })
    case 'process':
      return found({ limits: text })
    case 'stat':
      return found({ type: 'file', mode: 0o755, uid: 0, gid: 0, size: 1, realPath: question.path })
    case 'port':
      return found({ sockets: text.split('\n').map((name) => [name]), isWhole: true })
    default:
      return { fate: 'failed', detail: text }
  }
}
