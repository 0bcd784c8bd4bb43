import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { FixByDistro } from '#agent/model/fix.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { isAnyThere, read, readAll, textsOf } from './look.ts'
import { isSpokenOf, seesBoot } from './mentions.ts'
import { decidesItself } from './reach.ts'

/** What sets huge pages aside, or starts what does. */
const places = [
  ...['/etc', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => readAll(`${folder}/sysctl.d`, '.conf')),
  read('/etc/sysctl.conf'),
  read('/proc/cmdline'),
  read('/etc/sysfs.conf'),
  readAll('/etc/sysfs.d', '.conf'),
]

/** How commands, tmpfiles and programs name it; systemd's own unit that mounts hugetlbfs has but the path. */
const setting = /nr_hugepages|hugepages-\d|hugepagesz?=|hugeadm|setup-hugepages/i

/** Huge pages that were set aside by hand are not there after a reboot: the kernel begins with none. */
export function hugepagesAfterBoot(
  now: string,
  fix: FixByDistro,
  { answers, facts }: { answers: Answers; facts: Facts },
): Verdict | null {
  if (!decidesItself(facts) || !seesBoot(answers)) return null
  const texts = textsOf(places, answers)
  if (texts === null || texts.some(({ text }) => /hugepages/i.test(text))) return null
  const others = ['/etc/tuned/active_profile', '/etc/dpdk', '/etc/default/hugepages', '/etc/hugepages']
  if (isAnyThere(others, answers) !== false || isSpokenOf(setting, answers) !== false) return null
  const why = 'they were set aside by hand, and no file does it at boot'
  return verdict('GoneAfterReboot', { now, why }, { fixByDistro: fix })
}
