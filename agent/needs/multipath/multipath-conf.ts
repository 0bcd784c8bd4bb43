import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import { longestName } from '#agent/model/bounds.ts'
import type { Kind } from '#agent/model/need.ts'
import type { FileText, ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { mainAndDropIns } from '#agent/needs/parts/main-and-drop-ins.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'
import { leavesOut } from './blacklist.ts'
import type { Disk } from './blacklist.ts'
import { parseMultipath } from './multipath-file.ts'
import type { MultipathFile } from './multipath-file.ts'

const text = z.string().min(1).max(longestName)
/**
 * Digits of a WWID that the maker of a disk chooses: type, NAA and company. The others tell its disks apart. A need has all of
 * them: by fewer it would learn root's list of disks digit by digit.
 */
const vendorPart = 16
/** Names in a need: each is held against each pattern of the host. A virtual machine's disks have three or four. */
const mostDevnodes = 8
const modes = z.enum(['no', 'off', 'yes', 'on', 'strict', 'greedy', 'smart'])

const schema = z.strictObject({
  multipathConf: z
    .union([
      z.strictObject({
        leavesOut: z
          .strictObject({
            vendor: text.describe('As lsblk -o VENDOR says it.'),
            product: text.describe('As lsblk -o MODEL says it.'),
            protocol: text.describe('As multipathd names it: scsi:iscsi.'),
            wwid: text.min(vendorPart).describe('One that such a disk may have.'),
            devnodes: listOf(word(/^[a-z]+$/, 'is not the name of a device below /dev'))
              .max(mostDevnodes)
              .describe('Names that it may get: all must be left out.'),
          })
          .describe('A disk that multipathd must leave alone.'),
      }),
      z.strictObject({
        findMultipaths: z
          .union([modes.transform((one) => [one]), listOf(modes)])
          .describe('What find_multipaths must be set to; of several any will do.'),
      }),
    ])
    .describe(
      'What /etc/multipath.conf and /etc/multipath/conf.d make of a disk, or a setting of theirs, as multipathd reads them.',
    ),
})

type Spec = z.infer<typeof schema>['multipathConf']

/** multipathd's configuration, all files and sections of it together. */
export const multipathConf: Kind<typeof schema> = {
  name: 'multipathConf',
  schema,
  isHostWide: true,
  subject: ({ multipathConf: spec }) =>
    'leavesOut' in spec
      ? `leaves-out-${spec.leavesOut.vendor}`
      : `find_multipaths:${spec.findMultipaths.join('|')}`,
  questions: () => [main, folder, known],
  judge({ multipathConf: spec }, answers) {
    const read = readFiles(answers)
    if ('state' in read) return read
    return 'leavesOut' in spec ? judgeDisk(spec.leavesOut, read, answers) : judgeMode(spec, read)
  },
}

const main: ReadQuestion = { ask: 'read', path: '/etc/multipath.conf' }
/** Read after it in alphabetical order; the last word counts. */
const folder: ReadAllQuestion = { ask: 'readAll', path: '/etc/multipath/conf.d', suffix: '.conf' }
/** The disks that it has ever joined. */
const known: ReadQuestion = { ask: 'read', path: '/etc/multipath/wwids' }

interface Files extends MultipathFile {
  readonly paths: readonly string[]
}

function readFiles(answers: Answers): Files | Verdict {
  const files = mainAndDropIns(answers, main, folder)
  if ('state' in files) return files
  const parsed = files.map(({ text }) => parse(text))
  // Blocks are numbered file by file, and those of two files must not be taken for one.
  const settings = parsed.flatMap((file, index) =>
    file.settings.map((one) => ({ ...one, block: one.block * parsed.length + index })),
  )
  return {
    settings,
    isDoubtful: parsed.some((file) => file.isDoubtful),
    paths: files.map(({ path }) => path),
  }
}

const parse: (file: FileText) => MultipathFile = parseOnce(parseMultipath)

function judgeDisk(disk: Disk, files: Files, answers: Answers): Verdict {
  const name = nameOf(disk)
  const evidence = evidenceOf(files)
  const isOut = leavesOut(files.settings, disk)
  if (isOut && !files.isDoubtful) return verdict('MultipathLeavesOut', { disk: name }, { evidence })
  if (isOut === null || files.isDoubtful) {
    const detail = files.isDoubtful
      ? 'a line of its configuration has more than one item, and multipathd ignores all but the first'
      : 'its configuration names disks in a way that cannot be followed here'
    return verdict(
      'QuestionFailed',
      { what: `whether multipathd takes disks of ${name}`, detail },
      { evidence },
    )
  }
  return byPaths(disk, files, answers) ?? verdict('MultipathTakes', { disk: name }, { evidence })
}

/**
 * With find_multipaths a disk with one path is left alone, unless it was joined before.
 * https://manpages.ubuntu.com/manpages/plucky/man5/multipath.conf.5.html (find_multipaths)
 */
function byPaths(disk: Disk, files: Files, answers: Answers): Verdict | null {
  const mode = modeOf(files)
  if (mode === null || !['yes', 'on', 'strict', 'smart'].includes(mode)) return null
  const wwids = answers.of(known)
  if (wwids.fate !== 'found' && wwids.fate !== 'absent') return unanswered(known.path, wwids)
  const kin = `/${disk.wwid.slice(0, vendorPart)}`
  if (wwids.fate === 'found' && wwids.value.text.split('\n').some((line) => line.startsWith(kin))) return null
  const evidence = [...evidenceOf(files), `find_multipaths is ${mode}, and ${known.path} names no such disk`]
  return verdict('MultipathLeavesOut', { disk: nameOf(disk) }, { evidence })
}

function nameOf({ vendor, product }: Disk): string {
  return `${vendor} ${product}`
}

function judgeMode(
  { findMultipaths: wanted }: Extract<Spec, { findMultipaths: unknown }>,
  files: Files,
): Verdict {
  const evidence = evidenceOf(files)
  const mode = modeOf(files)
  if (mode !== null && wanted.some((one) => one === mode))
    return verdict('MultipathSetting', { name: 'find_multipaths', value: mode }, { evidence })
  return verdict(
    'MultipathOtherSetting',
    { name: 'find_multipaths', value: mode ?? 'not set', wanted },
    { evidence },
  )
}

/** null when no file says it: distributions differ in what it is then. */
function modeOf({ settings }: Files): string | null {
  const lines = settings.filter(
    ({ sections, keyword }) => sections.join() === 'defaults' && keyword === 'find_multipaths',
  )
  return lines.at(-1)?.value ?? null
}

function evidenceOf({ paths }: Files): readonly string[] {
  return [paths.length === 0 ? `${main.path} is not there` : `read from ${paths.join(', ')}`]
}
