import { release } from 'node:os'
import type { FixHost } from './fix-host.ts'
import { bootFixHost } from './nspawn-host.ts'
import { fixables, runFixes } from './run-fixes.ts'
import type { FixRow } from './run-fixes.ts'
import { writeSection } from './table.ts'
import { bootFixVm } from './vm-host.ts'

/** A host whose fixes are run, and its part of the table. */
interface TableHost {
  readonly name: string
  /** Its kernel is that of the machine that this runs on. */
  readonly isShared: boolean
  /** What is wrong there fails nothing. */
  readonly informs?: true
  boot(): Promise<FixHost>
}

const ofRelease = (name: string, suite: string, variable: string): TableHost => ({
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

/** Runs all fixes of a host and writes them into the table. The number of rows that fail. */
export async function runHost({ name, isShared, informs, boot }: TableHost): Promise<number> {
  const tell = (words: string) => process.stdout.write(`${words}\n`)
  const host = await boot()
  try {
    const all = fixables(await host.ask())
    tell(`${name}: ${all.length} checks are not ready and print a fix`)
    const rows = await runFixes(host, all, { isShared, tell })
    const kernel = isShared ? `this machine's kernel ${release()}` : "Debian's own kernel"
    writeSection({ host: name, run: `${new Date().toISOString().slice(0, 10)}, ${kernel}`, rows }, names)
    return informs ? 0 : wrongOf(rows).length
  } finally {
    await host.stop()
  }
}

const names = tableHosts.map(({ name }) => name)

export function wrongOf(rows: readonly FixRow[]): readonly FixRow[] {
  return rows.filter(({ outcome }) => outcome === 'wrong')
}
