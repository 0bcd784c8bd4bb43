import { sysctlFile, setSysctl } from '#agent/fixes/lasting-lines.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix, SysctlRange } from '#agent/model/fix.ts'
import { changed, commandModule, literal, quoted, taskName, tellingTask } from './task.ts'
import type { Task } from './task.ts'

/** Now, where they are not loaded or built in, and at each boot. */
export function moduleTasks(names: readonly string[]): readonly Task[] {
  if (names.length === 0) return []
  return [
    { ...tellingTask('Load modules of the kernel', loadItem), loop: names },
    {
      name: 'Load them at each boot',
      'ansible.builtin.copy': {
        content: '{{ item }}\n',
        dest: '/etc/modules-load.d/hostdeps-{{ item }}.conf',
        ...ofRoot,
      },
      loop: names,
    },
  ]
}

/** What is built in is never listed, so it counts as no change. */
const isListed = "grep -q '^{{ item }} ' /proc/modules"
const loadItem = `${isListed} || { modprobe {{ item }} && if ${isListed}; then echo '${changed}'; fi; }`

const ofRoot = { owner: 'root', group: 'root', mode: '0644' } as const

/** Where it differs, or is beyond its range, as read before; and at each boot, where that lowers nothing. */
export function sysctlTasks(fix: Fix, facts: FixFacts): readonly Task[] {
  return Object.entries(fix.sysctls ?? {}).flatMap(([key, value]) => {
    const range = fix.sysctlRanges?.[key]
    if (range !== undefined && value.includes(' '))
      return setSysctl([key, value], { facts, fix }).map((line) =>
        tellingTask(`Set ${key}`, literal(line.replace(/; fi$/, ` && echo '${changed}'; fi`))),
      )
    return oneSysctl({ key, value, range })
  })
}

interface Setting {
  readonly key: string
  readonly value: string
  readonly range: SysctlRange | undefined
}

const read = 'hostdeps_sysctl.stdout'

function oneSysctl({ key, value, range }: Setting): readonly Task[] {
  return [
    {
      name: taskName(`Read ${key}`),
      [commandModule]: { argv: ['sysctl', '-n', literal(key)] },
      register: 'hostdeps_sysctl',
      changed_when: false,
      check_mode: false,
    },
    {
      name: taskName(`Set ${key}`),
      [commandModule]: { argv: ['sysctl', '-w', literal(`${key}=${value}`)] },
      when: range === undefined ? `${read}.split() != ${quoted(value)}.split()` : isBeyond(range),
      changed_when: true,
    },
    {
      name: taskName(`Set ${key} at each boot`),
      'ansible.builtin.copy': {
        content: literal(`${key} = ${value}\n`),
        dest: `/etc/sysctl.d/${sysctlFile(key)}`,
        ...ofRoot,
      },
      ...(range !== undefined && { when: keepsBetter(value, range) }),
    },
  ]
}

function isBeyond({ min, max }: SysctlRange): string {
  const [least, most] = [min?.[0], max?.[0]]
  return [
    ...(least === undefined ? [] : [`${read} | int < ${least}`]),
    ...(most === undefined ? [] : [`${read} | int > ${most}`]),
  ].join(' or ')
}

/** What a second run finds is the value itself: then the file stays as it is. */
function keepsBetter(value: string, { max }: SysctlRange): string {
  return `${read} | int ${max === null ? '<=' : '>='} ${value}`
}
