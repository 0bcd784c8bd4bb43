import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FixRow } from './run-fixes.ts'

const file = join(import.meta.dirname, '..', 'FIXES.md')

/** In the order of the sections. */
export const hostNames = ['Debian 12 in a virtual machine', 'Debian 12', 'Debian 13', 'Debian sid'] as const

export type HostName = (typeof hostNames)[number]

/** The rows of one host, as they last came out. */
export interface Section {
  readonly host: string
  /** Its kernel and when it was run. */
  readonly run: string
  readonly rows: readonly FixRow[]
}

const head = `# Every fix, executed

Written by \`npm run test:long -- 'fixes HOST'\`. On each host every shipped check is asked alone. Where it is not ready and prints
a fix, that text is pasted into a root shell (\`sh -e\`) as it is, then once more, and the check is asked again. Checks that print
the same commands share one run. Each run is on a host as it was at first, which installs from a repository that the test serves on
the host's network: what Debian has in main and these fixes install (\`test/setup/fix-packages.ts\`).

A check ends \`ready\`, or with what it needs, as the finding itself said. A second run changes no file of /etc, /boot and
/var/lib/iscsi, and no state of a unit. A command that exits with other than 0 is one of which the text says why it may. Whatever
is otherwise is \`wrong\`, and fails; on sid it only informs.

In systemd-nspawn modules, swap, huge pages and settings of the kernel outside net. are those of the machine under it, and auditd,
multipathd and udevd do not start: their fixes are run in the virtual machine alone, with Debian's own kernel.

Real dnf, zypper and pacman run their install lines in \`test/hosts/installers.real.test.ts\`. Debian has no apk-tools, rpm-ostree,
transactional-update, tdnf and yum: their lines are rendered and compared, and not run.

The last column is a hash of the printed text. \`npm test\` runs the rows of Debian 12 whose text is another by now, and ten more.
`

const columns = '| check | outcome | why | exit codes | commands | text |\n|---|---|---|---|---|---|\n'

export function readTable(): readonly Section[] {
  if (!existsSync(file)) return []
  const [, ...parts] = readFileSync(file, 'utf8').split(/^## /m)
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n')
    const [host = '', run = ''] = title.split(': ', 2)
    const scripts = readScripts(part)
    const rows = lines
      .filter((line) => /^\| [\w-]+ \|.*\| [\da-f]{12} \|$/.test(line))
      .map((line) => readRow(line, scripts))
    return { host, run, rows }
  })
}

/** Puts the section in its place. */
export function writeSection(section: Section): void {
  const all = new Map(readTable().map((one) => [one.host, one])).set(section.host, section)
  const sections = hostNames.flatMap((host) => all.get(host) ?? [])
  writeFileSync(file, [head, ...sections.map(showSection)].join('\n'))
}

function showSection({ host, run, rows }: Section): string {
  const scripts = [...new Set(rows.map(({ commands }) => commands.join('\n')))].filter((text) => text !== '')
  const numberOf = (row: FixRow) => scripts.indexOf(row.commands.join('\n')) + 1 || ''
  const lines = rows.map((row) => {
    const cells = [row.check, row.outcome, cell(row.why), row.exits, numberOf(row), row.script]
    return `| ${cells.join(' | ')} |\n`
  })
  const texts = scripts.map((text, index) => `${index + 1}.\n\n${indented(text)}\n`)
  return `## ${host}: ${run}\n\n${countsOf(rows)}\n\n${columns}${lines.join('')}\n### Commands of ${host}\n\n${texts.join('\n')}`
}

function countsOf(rows: readonly FixRow[]): string {
  const counts = Object.entries(Object.groupBy(rows, ({ outcome }) => outcome))
  return counts
    .map(([outcome, all]) => `${all?.length ?? 0} ${outcome}`)
    .toSorted()
    .join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '       ')
}

function readScripts(part: string): readonly string[] {
  const [, ...texts] = (part.split(/^### Commands of .*\n/m)[1] ?? '').split(/^\d+\.\n/m)
  return texts.map((text) => text.trim().replaceAll(/^ {7}/gm, ''))
}

function readRow(line: string, scripts: readonly string[]): FixRow {
  const [, check = '', outcome = '', why = '', exits = '', number = '', script = ''] = line
    .split(/(?<!\\)\|/)
    .map((one) => one.trim())
  const commands = scripts[Number(number) - 1]?.split('\n') ?? []
  return {
    check,
    outcome: outcome as FixRow['outcome'],
    why: why.replaceAll('\\|', '|'),
    exits,
    script,
    commands,
  }
}

export function wrongOf(rows: readonly FixRow[]): readonly FixRow[] {
  return rows.filter(({ outcome }) => outcome === 'wrong')
}
