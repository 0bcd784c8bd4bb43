import { hostdeps, hostdepsCheck } from '../hosts/cli.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { pasteIn } from '../hosts/served-network.ts'

/** What `hostdeps fix` prints for new nodes like a host; of the checks. */
export async function printFor(host: TestHost, format: string, checks: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await hostdeps(
    'fix',
    ...checks,
    '-o',
    format,
    '--target-pid',
    `${host.pid}`,
  )
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`)
  return stdout
}

/** The states of checks on a host, by their names. */
export async function statesOn(host: TestHost, checks: readonly string[]): Promise<object> {
  const { report } = await hostdepsCheck(...checks, '--target-pid', `${host.pid}`)
  return Object.fromEntries(report.checks.map(({ name, state }) => [name, state]))
}

/** What a script says in the host's own network; rejects when it fails. */
export async function mustPaste(host: TestHost, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await pasteIn(host, script)
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}\n${stderr}`)
  return stdout
}
