import { startHttp } from '#agent/http/start-http.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource } from '../http/report-fixture.ts'
import { openBrowser } from './browser.ts'

/** Takes the README's picture anew: the real page of an agent on the host whose output the README shows. */
const host = 'k3s-on-debian'
const picture = new URL('../../docs/page.png', import.meta.url).pathname
const viewport = { width: 940, height: 900 }

const source = fakeSource(await composedReport(host, { containers: ['longhorn-manager'] }))
const server = await startHttp({ source, host: '127.0.0.1', port: 0, publishing: () => null })
const browser = await openBrowser()
try {
  const page = await browser.context.newPage()
  await page.setViewportSize(viewport)
  await page.goto(server.address)
  await page.screenshot({ path: picture })
} finally {
  await browser.close()
  await server.close()
}
