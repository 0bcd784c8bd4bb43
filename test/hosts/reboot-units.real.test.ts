import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { bundleWith } from './bundle-with.ts'
import { hostdepsCheck } from './cli.ts'
import type { TestHost } from './nspawn.ts'
import { checkFiles, isWrong, outcomes, tableOf } from './predictions.ts'
import type { Prediction } from './predictions.ts'
import { bootReal, realHosts } from './real-hosts.ts'

const going = (name: string, need: string): Prediction => ({ name, need, goes: true })
const staying = (name: string, need: string): Prediction => ({ name, need, goes: false })

const install = '[Install]\nWantedBy=multi-user.target\n'
const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n'
const units: Readonly<Record<string, string>> = {
  'started.service': sleeper + install,
  'enabled.service': sleeper + install,
  'until-boot.service': sleeper + install,
  'wanted.service': sleeper + install,
  'wanting.service': `[Unit]\nWants=wanted.service\n${sleeper}${install}`,
  'by-command.service': sleeper + install,
  'commanding.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=systemctl start --no-block by-command\n${install}`,
  'timed.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' + install,
  'timed.timer': '[Timer]\nOnBootSec=1s\nAccuracySec=1s\n[Install]\nWantedBy=timers.target\n',
  'idle.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' + install,
  'idle.timer': '[Timer]\nOnBootSec=1s\n[Install]\nWantedBy=timers.target\n',
  'listening.service': '[Service]\nExecStart=/bin/sleep infinity\n' + install,
  'listening.socket': '[Socket]\nListenStream=/run/listening\n[Install]\nWantedBy=sockets.target\n',
  'dropped.service': sleeper + install,
  'dropping.service': `[Unit]\nDescription=x\n${sleeper}${install}`,
  'dropping.service.d/more.conf': '[Unit]\nRequires=dropped.service\n',
}

const steps = `set -e
systemctl daemon-reload
printf '${sleeper.replaceAll('\n', '\\n')}' > /root/linked.service
systemctl link --runtime /root/linked.service
systemctl enable -q enabled wanting commanding timed.timer listening.socket dropping
systemctl enable -q --runtime until-boot
systemctl start started enabled until-boot wanting by-command timed timed.timer idle linked dropping
systemctl start listening.socket listening.service
systemd-run -q --unit=transient sleep infinity
`

const predictions: readonly Prediction[] = [
  going('started by hand, not enabled', '{ unit: started }'),
  staying('enabled', '{ unit: enabled }'),
  going('enabled until the next boot', '{ unit: until-boot }'),
  going('enabled until the next boot, asked for as enabled', '{ unit: until-boot, state: enabled }'),
  staying('not enabled, wanted by an enabled unit', '{ unit: wanted }'),
  staying('not enabled, required by a drop-in of an enabled unit', '{ unit: dropped }'),
  staying('not enabled, started by a command of an enabled unit', '{ unit: by-command }'),
  staying('not enabled, started by an enabled timer', '{ unit: timed }'),
  going('not enabled, and nor is its timer', '{ unit: idle }'),
  staying('a service or its enabled socket', '{ unit: { anyOf: [listening.service, listening.socket] } }'),
  going('linked until the next boot', '{ unit: linked }'),
  going('made by systemd-run', '{ unit: transient }'),
  going('two, of which none stays', '{ unit: { anyOf: [started, transient] } }'),
  staying('two, of which one stays', '{ unit: { anyOf: [started, enabled] } }'),
  going(
    'alternatives, of which none stays',
    '{ anyOf: [{ unit: started }, { unit: linked }, { unit: none }] }',
  ),
  staying('alternatives, of which one stays', '{ anyOf: [{ unit: started }, { file: /etc/passwd }] }'),
  staying('static', '{ unit: systemd-journald }'),
]

/** Each is asked before a real reboot and after, on hosts that have their units to themselves. */
describe.each(realHosts.filter(({ name }) => name !== 'rpm'))('a reboot of $name', (real) => {
  describe.skipIf(process.env[real.root] === undefined)('booted', () => {
    let host: TestHost
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-reboot-'))
    beforeAll(async () => {
      await bundleWith(join(folder, 'dist'), checkFiles(predictions))
      host = await bootReal(real)
    })
    afterAll(async () => {
      await host?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    async function ask(): Promise<Report> {
      const names = predictions.map((_, index) => `p${index}`)
      const options = ['check', '-o', 'json', '--deadline', '60s', '--target-pid', String(host.pid)]
      const argv = [join(folder, 'dist/agent/main.js'), ...options, ...names]
      const { stdout } = await execa(process.execPath, argv, { reject: false })
      return JSON.parse(stdout)
    }

    test('accuses nothing that a fresh host has', async () => {
      const { report } = await hostdepsCheck('--all', '--target-pid', String(host.pid))
      const gone = report.checks
        .flatMap(({ findings }) => findings)
        .filter(({ reason }) => reason === 'GoneAfterReboot')
      expect(gone).toEqual([])
    })

    test('takes away just the units that were foretold', async () => {
      for (const [name, text] of Object.entries(units))
        await host.writeFile(`/etc/systemd/system/${name}`, text)
      const done = await host.exec(['bash', '-c', steps])
      expect(done).toMatchObject({ exitCode: 0 })
      const before = await ask()
      await host.reboot()
      // Of several, is-active is content with one.
      const timed = () =>
        host.exec(['sh', '-c', 'systemctl is-active -q timed && systemctl is-active -q by-command'])
      await expect.poll(async () => (await timed()).exitCode).toBe(0)
      const all = outcomes(predictions, { before, after: await ask() })
      console.log(tableOf(all))
      expect(all.filter(isWrong)).toEqual([])
    })
  })
})
