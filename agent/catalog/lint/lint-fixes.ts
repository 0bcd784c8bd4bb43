import { imageDistros } from '#agent/model/distro.ts'
import type { Check } from '#agent/model/check.ts'
import type { Fix, FixByDistro } from '#agent/model/fix.ts'
import type { Need } from '#agent/model/need.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/**
 * What a fix must not hold, so that it may be pasted twice and on any host of its distribution: what the host can do, its
 * kernel and its installer are known only when it is asked, and then `packages`, `modules` and `sysctls` become what is right
 * there. Image distributions have no other way than their own commands.
 */
export function fixMistakes(check: Check): Mistake[] {
  const ofNeeds = allNeeds(check.needs).flatMap((need) =>
    need.fix === null ? [] : said(need.fix, need, need.id).concat(rebootMistakes(need.fix, need)),
  )
  const [first] = check.needs
  return check.fix === null || first === undefined
    ? ofNeeds
    : [...ofNeeds, ...said(check.fix, first, check.name)]
}

function said(fixes: FixByDistro, { place }: Need, what: string): Mistake[] {
  const problems = Object.entries(fixes).flatMap(([key, fix]) =>
    problemsOf(
      fix,
      imageDistros.some((one) => one === key),
    ),
  )
  return [...new Set(problems)].map((problem) => ({
    ...place,
    path: '',
    message: `${what} has a fix that ${problem}`,
  }))
}

/** Recommended is what works without: nobody takes a node down for it. */
function rebootMistakes(fixes: FixByDistro, { recommended, place, id }: Need): Mistake[] {
  if (!recommended || !Object.values(fixes).some((fix) => fix.reboot === true)) return []
  return [
    { ...place, path: '', message: `${id} is recommended, and has a fix that reboots: say it in the note` },
  ]
}

function problemsOf(fix: Fix, isImage: boolean): string[] {
  const rules = isImage ? commandRules : [...commandRules, ...writtenElsewhere]
  const ofCommands = (fix.run ?? []).flatMap((command) =>
    rules.flatMap(({ pattern, except, problem }) =>
      pattern.test(command) && !except?.test(command) ? [problem] : [],
    ),
  )
  return /if the module is not found/i.test(fix.note ?? '')
    ? [...ofCommands, 'says what to do without the module: leave that to the kind of need, which knows']
    : ofCommands
}

interface Rule {
  readonly pattern: RegExp
  readonly except?: RegExp
  readonly problem: string
}

const commandRules: readonly Rule[] = [
  { pattern: />>/, problem: 'appends to a file: a second run would do so again' },
  { pattern: /\b(reboot|shutdown|poweroff)\b/, problem: 'reboots by a command: write reboot: true' },
  {
    pattern: /\bnoscripts\b|add-apt-repository|config-manager|addrepo|--import\b|apt-key/,
    problem: 'adds a repository or a key, or leaves scripts out',
  },
  {
    pattern: /\bmount (-t|\S+ -t)/,
    except: /mountpoint -q/,
    problem: 'mounts again where something is mounted: ask mountpoint -q first',
  },
  {
    pattern: /> ?\/etc\/(iscsi\/initiatorname\.iscsi|nvme\/host(nqn|id)|machine-id)/,
    except: /grep -qs .* \|\| /,
    problem: 'may write an identity anew: keep one that is there (grep -qs ... ||)',
  },
  {
    pattern: /\b[\w-]+ [^&|;]*\b(gen-\w+|-iname) *> *\//,
    problem: 'leaves an empty file where its command fails: name=$(...) && echo "$name" > ...',
  },
]

const writtenElsewhere: readonly Rule[] = [
  {
    pattern: /\b(apt-get|dnf|yum|zypper|apk|pacman|rpm-ostree|transactional-update)\b.*\b(install|add|-S)\b/,
    problem: 'installs by a command: write packages:',
  },
  { pattern: /\bsysctl (-w|-p|--system)/, problem: 'sets a sysctl by a command: write sysctls:' },
  { pattern: /^modprobe (-a )?[\w ]+$/, problem: 'loads a module by a command: write modules:' },
]
