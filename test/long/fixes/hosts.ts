import { release } from 'node:os'
import type { FixHost } from './fix-host.ts'
import { bootFixHost } from './nspawn-host.ts'
import { fixables, inOrder, runFixes } from './run-fixes.ts'
import type { Fixable, FixRow } from './run-fixes.ts'
import { readTable, wrongOf, writeSection } from './table.ts'
import type { HostName } from './table.ts'
import { bootFixVm } from './vm-host.ts'

/** A host whose fixes are run, and its part of the table. */
interface TableHost {
  readonly name: HostName
  /** Its kernel is that of the machine that this runs on. */
  readonly isShared: boolean
  /** What is wrong there fails nothing. */
  readonly informs?: true
  boot(): Promise<FixHost>
}

const ofRelease = (name: HostName, suite: string, variable: string): TableHost => ({
  name,
  isShared: true,
  boot() {
    const root = process.env[variable]
    if (root === undefined) throw new Error(`${variable} is not set: npm test sets it up`)
    return bootFixHost({ suite, root, isUnified: suite === 'sid' })
  },
})

export const debian12 = ofRelease('Debian 12', 'bookworm', 'HOSTDEPS_TEST_HOST_ROOT')

export const tableHosts: readonly TableHost[] = [
  { name: 'Debian 12 in a virtual machine', isShared: false, boot: bootFixVm },
  debian12,
  ofRelease('Debian 13', 'trixie', 'HOSTDEPS_TEST_ROOT_TRIXIE'),
  { ...ofRelease('Debian sid', 'sid', 'HOSTDEPS_TEST_ROOT_SID'), informs: true },
]

/**
 * Runs all fixes of a host and writes them into the table as they come; with `isRest` only those whose text is another than in the
 * table, or came out wrong. The number of rows that fail.
 */
export async function runHost({ name, isShared, informs, boot }: TableHost, isRest = false): Promise<number> {
  const tell = (words: string) => process.stdout.write(`${words}\n`)
  const host = await boot()
  try {
    const all = fixables(await host.ask())
    const kept = isRest ? soundRows(name, all) : []
    const open = all.filter(({ before }) => kept.every(({ check }) => check !== before.name))
    tell(`${name}: ${all.length} checks are not ready and print a fix; ${open.length} are run`)
    const kernel = isShared ? `this machine's kernel ${release()}` : "Debian's own kernel"
    const run = `${new Date().toISOString().slice(0, 10)}, ${kernel}`
    const keep = (rows: readonly FixRow[]) =>
      writeSection({ host: name, run, rows: inOrder([...kept, ...rows]) })
    const rows = await runFixes(host, open, { isShared, tell, keep })
    keep(rows)
    return informs ? 0 : wrongOf(rows).length
  } finally {
    await host.stop()
  }
}

function soundRows(host: string, all: readonly Fixable[]): readonly FixRow[] {
  const rows = readTable().find((section) => section.host === host)?.rows ?? []
  const isSame = (row: FixRow) =>
    all.some(({ before, script }) => before.name === row.check && script === row.script)
  return rows.filter((row) => row.outcome !== 'wrong' && isSame(row))
}
