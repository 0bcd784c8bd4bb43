import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { startHttp } from '#agent/http/start-http.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource } from '../http/report-fixture.ts'

/**
 * A server of the whole contract in a process of its own, about a composed host: logs are explained too. It prints its address, and
 * ends with its input.
 */
const source = fakeSource(await composedReport('k3s-on-debian'))
const server = await startHttp({
  source,
  host: '127.0.0.1',
  port: 0,
  publishing: () => null,
  explain: openExplainer({ config: null, allowCommands: false }, source),
})
process.stdout.write(`${server.address}\n`)
process.stdin.resume().once('end', () => void server.close())
