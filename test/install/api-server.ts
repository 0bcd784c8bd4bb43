import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { startHttp } from '#agent/http/start-http.ts'
import type { Report } from '#agent/model/report.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource } from '../http/report-fixture.ts'

/**
 * A server of the whole contract in a process of its own, about a composed host: logs are explained too, and each second all that
 * is missing is ready, or missing again, so that nothing waits for long. It prints its address, and ends with its input.
 */
const missing = await composedReport('k3s-on-debian')
const ready: Report = {
  ...missing,
  fix: null,
  checks: missing.checks.map((check) =>
    check.state === 'not-applicable'
      ? check
      : { ...check, state: 'ready', reason: 'AllReady', message: 'all needs are met', fix: null },
  ),
}
const source = fakeSource(missing)
const timer = setInterval(() => source.put(source.current() === missing ? ready : missing), 1_000)
const server = await startHttp({
  source,
  host: '127.0.0.1',
  port: 0,
  publishing: () => null,
  explain: openExplainer({ config: null, allowCommands: false }, source),
})
process.stdout.write(`${server.address}\n`)
process.stdin.resume().once('end', () => {
  clearInterval(timer)
  void server.close()
})
