import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { FileText, ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { mainAndDropIns } from '#agent/needs/parts/main-and-drop-ins.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'

const schema = z.strictObject({
  nfsMount: z
    .strictObject({
      minVersion: z.literal([3, 4]).describe('No default below it.'),
    })
    .describe(
      'The version of NFS that /etc/nfsmount.conf and /etc/nfsmount.conf.d make the default for all servers.',
    ),
})

/**
 * What mount.nfs takes for a mount that says no version itself: the section for all servers, of the main file and those beside
 * it. Sections for one server or one mount point are for others.
 * https://man7.org/linux/man-pages/man5/nfsmount.conf.5.html
 */
export const nfsMount: Kind<typeof schema> = {
  name: 'nfsMount',
  schema,
  isHostWide: true,
  subject: ({ nfsMount: { minVersion } }) => `>=${minVersion}`,
  questions: () => [main, folder],
  judge({ nfsMount: { minVersion } }, answers) {
    const read = readFiles(answers)
    if ('state' in read) return read
    const found = read.flatMap(({ path, versions }) => versions.map((version) => ({ path, version })))
    const low = found.filter(({ version }) => Number.parseFloat(version) < minVersion)
    const [first] = low
    if (first === undefined) return verdict('NfsDefaultOk', { min: minVersion })
    if (low.length < found.length) {
      const detail = found.map(({ path, version }) => `${path} says ${version}`).join(', ')
      return verdict('QuestionFailed', { what: 'the default version of NFS', detail })
    }
    return verdict('NfsDefaultLow', { ...first, min: minVersion })
  },
}

const main: ReadQuestion = { ask: 'read', path: '/etc/nfsmount.conf' }
const folder: ReadAllQuestion = { ask: 'readAll', path: '/etc/nfsmount.conf.d', suffix: '.conf' }

interface Defaults {
  readonly path: string
  readonly versions: readonly string[]
}

function readFiles(answers: Answers): readonly Defaults[] | Verdict {
  const files = mainAndDropIns(answers, main, folder)
  if ('state' in files) return files
  return files.map(({ path, text }) => ({ path, versions: versionsIn(text) }))
}

/** Names of sections and settings are of any case; # and ; begin a comment. */
const versionsIn: (file: FileText) => readonly string[] = parseOnce((text) => {
  let section = ''
  const versions: string[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    section = /^\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section
    const version = /^(?:defaultvers|nfsvers|vers)\s*=\s*"?([\d.]+)/i.exec(line)?.[1]
    if (version !== undefined && section === 'nfsmount_global_options') versions.push(version)
  }
  return versions
})
