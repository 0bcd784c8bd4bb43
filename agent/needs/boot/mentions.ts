import type { Answers } from '#agent/model/answers.ts'
import type { ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { namesIn, read, readAll, textsOf } from './look.ts'

/** Where units of systemd are that a reboot leaves; /lib is another place only where /usr is not merged. */
export const unitFolders = [
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
] as const

/** What runs, or is gone by, at each boot, beside units: of services, devices, timers, networks, and clouds. */
const others: readonly (ReadAllQuestion | ReadQuestion)[] = [
  ...[
    '/etc/rc.local',
    '/etc/rc.d/rc.local',
    '/etc/rc.conf',
    '/etc/crontab',
    '/etc/network/interfaces',
    '/etc/cloud/cloud.cfg',
    '/var/lib/cloud/instance/cloud-config.txt',
    '/proc/cmdline',
    // Not those of users: whoever has one would choose what is read as root.
    '/var/spool/cron/root',
    '/var/spool/cron/crontabs/root',
    '/var/spool/cron/tabs/root',
  ].map((path) => read(path)),
  ...[
    '/etc/init.d',
    '/etc/conf.d',
    '/etc/local.d',
    '/etc/cron.d',
    '/etc/network/if-pre-up.d',
    '/etc/network/if-up.d',
    '/etc/NetworkManager/dispatcher.d',
    '/etc/networkd-dispatcher/routable.d',
    '/var/lib/cloud/scripts/per-boot',
  ].map((path) => readAll(path, '')),
  readAll('/usr/share/dbus-1/system-services', '.service'),
  ...[
    ['/etc/cloud/cloud.cfg.d', '.cfg'],
    ['/etc/tmpfiles.d', '.conf'],
    ['/usr/lib/tmpfiles.d', '.conf'],
    ['/etc/udev/rules.d', '.rules'],
    ['/usr/lib/udev/rules.d', '.rules'],
    ['/lib/udev/rules.d', '.rules'],
  ].map(([path = '', suffix = '']) => readAll(path, suffix)),
]

const units: readonly ReadAllQuestion[] = unitFolders.flatMap((folder) =>
  ['.service', '.socket', '.timer', '.path', '.mount', '.automount', '.swap', '.target'].map((suffix) =>
    readAll(folder, suffix),
  ),
)

/**
 * Whether we see what the host boots by. No real one is without units or services: where there are none, that nothing there
 * speaks of a thing proves nothing.
 */
export function seesBoot(answers: Answers): boolean {
  const folders = ['/usr/lib/systemd/system', '/lib/systemd/system', '/etc/init.d'].map((path) =>
    answers.of({ ask: 'list', path }),
  )
  return folders.some((answer) => answer.fate === 'found' && answer.value.names.length > 0)
}

/** What a text may speak of: an expression, or what takes more than one. Anyone may have written the text, so it takes linear time. */
export interface Spoken {
  test(text: string): boolean
}

/** Drop-ins and scripts that are read at the most: few hosts have a hundred. */
const mostFurther = 500

/**
 * Whether what runs at boot speaks of something: units with their drop-ins, scripts that they and others name, rc.local, cron,
 * udev, tmpfiles, cloud-init. A word there proves nothing, but that it may well come back. null when not all could be read.
 */
export function isSpokenOf(pattern: Spoken, answers: Answers): boolean | null {
  const firsts = [...units, ...others].map((question) => textsIn(question, answers))
  const folders = unitFolders.map((folder) => dropInsOf(folder, answers))
  if (firsts.includes(null) || folders.includes(null)) return null
  const dropIns = folders.flatMap((one) => one ?? [])
  if (dropIns.length > mostFurther) return null
  const seconds = dropIns.map((folder) => textsIn(readAll(folder, '.conf'), answers))
  if (seconds.includes(null)) return null
  const texts = [...firsts, ...seconds].flatMap((one) => one ?? [])
  if (texts.some((text) => pattern.test(text))) return true
  return isInScripts(pattern, scriptsOf(texts), answers)
}

function textsIn(question: ReadAllQuestion | ReadQuestion, answers: Answers): readonly string[] | null {
  if (question.ask === 'readAll' && question.suffix === '') {
    // Of a folder with all its files some are folders, or programs.
    const answer = answers.of(question)
    if (answer.fate === 'found') return answer.value.files.map(({ text }) => text)
  }
  return textsOf([question], answers)?.map(({ text }) => text) ?? null
}

function dropInsOf(folder: string, answers: Answers): readonly string[] | null {
  const names = namesIn(folder, answers)
  return names?.filter((name) => name.endsWith('.d')).map((name) => `${folder}/${name}`) ?? null
}

/** A list of the mounts as they are now, made by tmpfiles. */
const mountList = '/etc/mtab'
/** Where administrators put scripts; what packages put elsewhere is theirs, and known. */
const script = /\/(?:usr\/local|opt|etc|root|srv|home|var\/lib)\/[\w./@+-]+/g

function scriptsOf(texts: readonly string[]): readonly string[] {
  const paths = texts.flatMap((text) => text.match(script) ?? [])
  return [...new Set(paths)]
    .filter((path) => path !== mountList)
    .toSorted()
    .slice(0, mostFurther)
}

/** What is too large for a script is a program; of that, and of folders, nothing is read. */
function isInScripts(pattern: Spoken, paths: readonly string[], answers: Answers): boolean | null {
  const all = paths.map((path) => answers.of(read(path, 65_536)))
  if (all.some((answer) => answer.fate === 'found' && pattern.test(answer.value.text))) return true
  return all.some(({ fate }) => fate === 'denied' || fate === 'timed-out') ? null : false
}

/** A name as a word of its own, with - and _ as one. */
export function wordPattern(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace(/[-_]/g, '[-_]')
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`)
}
