import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSockets } from '#agent/host/processes/ask-ports.ts'
import { parseSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { readNsenter } from '#agent/host/programs/nsenter.ts'
import { readHead } from '#agent/host/settings/read-by-head.ts'
import { readStat } from '#agent/host/settings/read-by-stat.ts'
import { readUnits } from '#agent/host/programs/systemctl.ts'
import { parseDuration } from '#agent/model/duration.ts'
import { nearNames, noSuchCheck } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { claim, claimLine } from '../claims/harmless.ts'
import { lines } from '../draw/odd-answers.ts'
import { mutateText, pump } from '../draw/odd-texts.ts'
import type { Random } from '../draw/random.ts'
import type { Opened, Target } from '../target.ts'

/** A text, and what reads it. */
interface ParsedText {
  readonly parser: string
  readonly text: string
}

interface Parser {
  readonly read: (text: string) => unknown
  readonly seeds: readonly string[]
}

/** What reads a text before it is an answer (files of /proc, output of programs), and words of people; each by itself. */
export const parsersTarget: Target = {
  name: 'parsers',
  share: 1_500,
  wanted: { read: 0.9 },
  open: () => Promise.resolve(open()),
}

const fillers: Readonly<Record<string, string>> = {
  spaces: ' ',
  'line breaks': '\n',
  'letters and commas': 'a,',
  quotes: '"',
  digits: '1.',
}

function open(): Opened {
  const parsers = { ...hostParsers(), ...wordParsers() }
  const names = Object.keys(parsers)
  const draw = (random: Random): ParsedText => {
    const parser = random.some(names) ?? ''
    const { seeds = [] } = parsers[parser] ?? {}
    const text = random.chance(0.2) ? lines(random) : mutateText(random, random.some(seeds) ?? '', seeds)
    return { parser, text }
  }
  return {
    draw,
    run({ parser, text }: ParsedText) {
      parsers[parser]?.read(text)
      return 'read'
    },
    growing: {
      shapes: Object.fromEntries(names.flatMap((name) => filled(name, parsers[name]?.seeds[0] ?? ''))),
      draw(random) {
        const { parser, text } = draw(random)
        const grow = pump(random, text.slice(0, 2_000))
        return (bytes) => ({ parser, text: grow(bytes) })
      },
    },
  }
}

/** The beginning of a real text, and then the same over and over. */
function filled(parser: string, seed: string) {
  return Object.entries(fillers).map(([name, filler]) => {
    const text = (bytes: number) => `${seed.slice(0, 60)}${filler.repeat(bytes / filler.length)}\u0001x\n`
    return [`${parser} with ${name}`, (bytes: number): ParsedText => ({ parser, text: text(bytes) })] as const
  })
}

const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2802 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20831 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 101 0 1 2 0 0
`

function hostParsers(): Record<string, Parser> {
  const mounts = [recorded('proc/1/mountinfo'), '36 35 0:40 / /mnt/my\\040data rw master:3 - nfs4 h:/d rw\n']
  const read = ['/etc/a', '/proc/sys/b'].map((path) => ({ ask: 'read', path }) as const)
  const stat = ['/etc/a', '/dev/b'].map((path) => ({ ask: 'stat', path }) as const)
  const unit = 'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n'
  return {
    suspectMounts: { read: parseSuspectMounts, seeds: mounts },
    sockets: { read: (text) => [parseSockets(text, 'tcp'), parseSockets(text, 'udp')], seeds: [sockets] },
    units: {
      read: (text) => readUnits(['a.service', 'b.service'], ran(text)),
      seeds: [`${unit}\n${unit}`],
    },
    head: {
      read: (text) => readHead('/r', read, ran(text)),
      seeds: ['==> /r/etc/a <==\nx\n\n==> /r/proc/sys/b <==\n1\n'],
    },
    stat: {
      read: (text) => readStat('/r', stat, ran(text)),
      seeds: ['81a4 0 0 12 /r/etc/a\n21b6 0 0 0 /r/dev/b\n'],
    },
    stderr: {
      read: (text) => [
        readHead('/r', read, ran('', text)),
        readStat('/r', stat, ran('', text)),
        readNsenter(ran('', text)),
      ],
      seeds: [
        "head: cannot open '/r/etc/a' for reading: Permission denied\n",
        'nsenter: cannot open /proc/1/ns/mnt: No such file\n',
      ],
    },
  }
}

function ran(stdout: string, stderr = ''): Answer<RunResult> {
  return { fate: 'found', value: { exitCode: 0, signal: null, stdout, stderr, truncated: false } }
}

function wordParsers(): Record<string, Parser> {
  const known = { names: ['nfs-client', 'open-iscsi', 'nvidia-gpu'], aliases: { iscsi: 'open-iscsi' } }
  return {
    plainLine: {
      read(text) {
        const line = plainLine(text)
        claimLine(line, 'a plain line')
        claim(line.length <= 1_000, () => `a plain line of ${line.length} characters`)
      },
      seeds: ['iscsiadm is at /usr/sbin/iscsiadm', 'a\u202eb\u001b[31m\r\nc'],
    },
    duration: { read: parseDuration, seeds: ['60s', '1.5h', '100ms'] },
    shellWord: { read: shellWord, seeds: ["it's", 'a b', '$(x)'] },
    nearNames: {
      read: (text) => [nearNames(text.slice(0, 200), known.names), noSuchCheck(text.slice(0, 200), known)],
      seeds: ['nfs-clinet', 'iscsi'],
    },
  }
}

/** A file of a host that was recorded. */
function recorded(path: string): string {
  const file = join(import.meta.dirname, '../../hosts/debian-12/root', path)
  return existsSync(file) ? readFileSync(file, 'utf8').slice(0, 20_000) : ''
}
