import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAgent, untilStatus } from '../../hosts/cli.ts'
import { load } from './load.ts'

/** Milliseconds. */
const duration = 5_000
const aim = 50

/** Prints how long the slowest of many answers takes while a program of a check hangs: of `hostdeps run`, where one process does all. */
export async function measureWhileHanging(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-hung-'))
  const [config, checks, tool, started] = ['config.yaml', 'checks', 'tool', 'started'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  const [check, deadline] = ['beside', 'interval: 5s\ndeadline: 60s\n']
  const text = (need: string) => `title: t\nwhy: w\nneeds:\n  ${need}\nfix:\n  all: { note: n }\n`
  mkdirSync(checks)
  writeFileSync(join(checks, 'my-tool.yaml'), text(`- binary: ${tool}\n    run: [status]`))
  writeFileSync(join(checks, `${check}.yaml`), text('- binary: sh'))
  writeFileSync(config, deadline)
  const agent = await startAgent('--config', config, '--checks', checks, '--allow-commands')
  try {
    const url = new URL(`/ready/${check}`, agent.url)
    await untilStatus(url.href, 200)
    writeFileSync(tool, `#!/bin/sh\ntouch ${started}\nexec sleep 50\n`, { mode: 0o755 })
    writeFileSync(config, `# The next round comes at once.\n${deadline}`)
    while (!existsSync(started)) await sleep(50)
    const took = await load({ url, headers: {} }, { connections: 1, duration })
    console.log(
      `/ready/<name> while a program of a check hangs: the longest of ${took.length} answers took ${took.reduce((one, other) => Math.max(one, other)).toFixed(1)} ms (aim: at most ${aim})`,
    )
  } finally {
    await agent.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
