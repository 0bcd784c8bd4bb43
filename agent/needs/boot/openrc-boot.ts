import type { Answers } from '#agent/model/answers.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { isThere, namesIn, readAll, read, textsOf } from './look.ts'
import { wordPattern } from './mentions.ts'

/** What a reboot makes of services of OpenRC that have started: in no runlevel, and named by nothing, they do not start. */
export function servicesAfterBoot(
  wanted: { readonly services: readonly string[]; readonly state: string },
  answers: Answers,
): Verdict | null {
  if (wanted.state !== 'active') return null
  const started = wanted.services.filter((name) => isThere(`/run/openrc/started/${name}`, answers) === true)
  const isGone = started.length > 0 && started.every((name) => isInNoRunlevel(name, answers))
  const [name] = started
  if (!isGone || name === undefined) return null
  const fix = { run: [`rc-update add ${shellWord(name)} default`] }
  return verdict('GoneAfterReboot', { now: `${name} is started`, why: 'it is in no runlevel' }, { fix })
}

function isInNoRunlevel(name: string, answers: Answers): boolean {
  const levels = namesIn('/etc/runlevels', answers)
  if (levels === null || levels.length === 0) return false
  const links = levels.map((level) => isThere(`/etc/runlevels/${level}/${name}`, answers))
  return links.every((one) => one === false) && isNamedByNone(name, answers)
}

/** Services that need, want or use it start it; so does what stands in local.d. */
function isNamedByNone(name: string, answers: Answers): boolean {
  const texts = textsOf(
    [
      readAll('/etc/init.d', ''),
      readAll('/etc/conf.d', ''),
      readAll('/etc/local.d', ''),
      read('/etc/rc.conf'),
      read('/run/openrc/deptree'),
    ],
    answers,
  )
  const own = [`/etc/init.d/${name}`, `/etc/conf.d/${name}`, '/run/openrc/deptree']
  const pattern = wordPattern(name)
  const needed = new RegExp(`_(ineed|iwant|iuse)_\\d+='?${pattern.source}`)
  return (
    texts !== null &&
    texts.every(({ path, text }) => (own.includes(path) ? !needed.test(text) : !pattern.test(text)))
  )
}
