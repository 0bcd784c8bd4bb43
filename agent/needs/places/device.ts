import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { FileStat, ReadQuestion, StatAllQuestion, StatQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { boundedPath } from './absolute-path.ts'
import { showMode, showStat, typeWords } from './show-stat.ts'

const path = boundedPath
  .regex(/^\/dev\/[\w.:@+-]+(\/[\w.:@+-]+)*$/, 'must be below /dev')
  .refine((text) => !text.split('/').some((part) => part === '.' || part === '..'), 'must not hold . or ..')

/** The folder and how a name in it begins: which devices there are depends on the hardware. */
const pattern = boundedPath
  .regex(/^\/dev\/([\w:@+-][\w.:@+-]*\/)*[\w.:@+-]*\*$/, 'must be below /dev, with one * at its end')
  .transform((text) => ({ folder: text.replace(/\/[^/]*$/, ''), prefix: text.replace(/^.*\/|\*$/g, '') }))

const node = z.strictObject({
  path: path.describe('Where it is, below /dev.'),
  type: z.enum(['char', 'block']).optional().describe('Which of the two it must be; default: either.'),
  minMode: z
    .string({ error: 'must be octal in quotes, like "0660"' })
    .regex(/^[0-7]{3,4}$/, 'must be octal, like "0660"')
    .optional()
    .describe('At least these permission bits, octal and in quotes: "0660".'),
})

const schema = z.strictObject({
  device: z
    .union([
      path.transform((text) => ({ path: text })),
      pattern,
      node,
      z.strictObject({
        pci: z
          .string({ error: 'must be hexadecimal in quotes, like "10de" or "15b3:1017"' })
          .regex(/^[0-9A-Fa-f]{4}(:[0-9A-Fa-f]{4})?$/, 'must be hexadecimal, like "10de" or "15b3:1017"')
          .toLowerCase()
          .describe('A device on the PCI bus: vendor, or vendor:device, as lspci -n writes them: "10de".'),
      }),
    ])
    .describe(
      'A device file below /dev, with one * at its end any that begins so; or a device on the PCI bus.',
    ),
})

type Spec = z.infer<typeof schema>['device']
type Node = z.infer<typeof node>
type Pattern = z.infer<typeof pattern>

/** A device file, of which nothing but its stat is asked: to open one may act on it. Or a device on the PCI bus. */
export const device: Kind<typeof schema> = {
  name: 'device',
  schema,
  subject: ({ device: spec }) => nameOf(spec),
  questions: ({ device: spec }) => [questionFor(spec)],
  judge({ device: spec }, answers) {
    if ('pci' in spec) return judgePci(spec.pci, answers)
    return 'folder' in spec ? judgeNames(spec, answers) : judgeNode(spec, answers)
  },
}

function nameOf(spec: Spec): string {
  if ('pci' in spec) return `pci ${spec.pci}`
  return 'folder' in spec ? `${spec.folder}/${spec.prefix}*` : spec.path
}

function questionFor(spec: Spec): ReadQuestion | StatAllQuestion | StatQuestion {
  if ('pci' in spec) return pciDevices
  return 'folder' in spec ? namesQuestion(spec) : statQuestion(spec)
}

function statQuestion(spec: Node): StatQuestion {
  return { ask: 'stat', path: spec.path }
}

function namesQuestion({ folder, prefix }: Pattern): StatAllQuestion {
  return { ask: 'statAll', path: folder, prefix }
}

/** Every device of every bus in one file; its folders in /sys would be a question each. */
const pciDevices: ReadQuestion = { ask: 'read', path: '/proc/bus/pci/devices' }

function judgeNode(spec: Node, answers: Answers): Verdict {
  const stat = answers.of(statQuestion(spec))
  if (stat.fate === 'absent') return notThere(spec.path, stat.detail)
  if (stat.fate !== 'found') return unanswered(spec.path, stat)
  return judgeStat(spec, stat.value)
}

function judgeStat(spec: Node, stat: FileStat): Verdict {
  const evidence = [showStat(stat)]
  const type = typeWords[stat.type]
  const types: readonly string[] = spec.type === undefined ? ['char', 'block'] : [spec.type]
  if (!types.includes(stat.type)) {
    // Something that ran before the driver was there wrote a plain file to this path.
    const wanted = spec.type === undefined ? 'device' : typeWords[spec.type]
    return verdict('FileWrongType', { path: spec.path, type, wanted }, { evidence })
  }
  const bits = Number.parseInt(spec.minMode ?? '0', 8)
  if ((stat.mode & bits) === bits) return verdict('FileFound', { path: spec.path, type }, { evidence })
  const wanted = `at least ${spec.minMode ?? ''}`
  return verdict('FileWrongMode', { path: spec.path, mode: showMode(stat.mode), wanted }, { evidence })
}

function judgeNames(spec: Pattern, answers: Answers): Verdict {
  const answer = answers.of(namesQuestion(spec))
  if (answer.fate === 'absent') return notThere(nameOf(spec), answer.detail)
  if (answer.fate !== 'found') return unanswered(nameOf(spec), answer)
  const { entries, unread } = answer.value
  const paths = entries
    .filter(({ type }) => type === 'char' || type === 'block')
    .map(({ name }) => `${spec.folder}/${name}`)
  const [first] = paths
  if (first !== undefined)
    return verdict('FileFound', { path: first, type: 'device' }, { evidence: paths.slice(0, 10) })
  const [unseen] = unread
  if (unseen) return unanswered(unseen.path, { fate: 'failed', detail: unseen.detail })
  const others = entries.slice(0, 10).map(({ name, type }) => `${name} is a ${typeWords[type]}`)
  const what = `nothing in ${spec.folder}`
  return notThere(
    nameOf(spec),
    others.length === 0
      ? `${what} has such a name`
      : `${what} of such a name is a device: ${others.join(', ')}`,
  )
}

function notThere(path: string, detail: string): Verdict {
  return verdict('FileNotFound', { path, detail: '' }, { evidence: [detail] })
}

/** Lines of `<bus and function> <vendor and device> ...`, in hexadecimal. A kernel without PCI has no such file. */
function judgePci(pci: string, answers: Answers): Verdict {
  const answer = answers.of(pciDevices)
  if (answer.fate === 'absent')
    return verdict('QuestionFailed', { what: pciDevices.path, detail: answer.detail })
  if (answer.fate !== 'found') return unanswered(pciDevices.path, answer)
  const ids = answer.value.text.split('\n').map((line) => line.split('\t')[1] ?? '')
  const isThere = ids.some((id) => id.startsWith(pci.replace(':', '')))
  return isThere ? verdict('PciDeviceFound', { pci }) : verdict('PciDeviceNotFound', { pci })
}
