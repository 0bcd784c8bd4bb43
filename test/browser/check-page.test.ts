import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { composedReport } from '../hosts/composed-report.ts'
import { hostile, makeReport, readyIscsi, turned } from '../http/report-fixture.ts'
import { canBrowse } from './browser.ts'
import { openOther, useServedPage } from './served-page.ts'

describe.skipIf(!canBrowse())("a check's own page in a browser", () => {
  const at = useServedPage()
  const section = (id: string) => at.page.locator(`#${id}`)

  test('it is one click from the front page, says everything of the check, and leads back', async () => {
    at.source.changes = { 'open-iscsi': [turned] }
    at.source.put(await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] }))
    await at.check('longhorn').waitFor()
    await at.check('open-iscsi').locator('.name a').click()
    expect(await at.page.title()).toBe('missing - open-iscsi - worker-1 - hostdeps')
    const head = await section('summary').innerText()
    expect(head).toContain("iscsiadm is not on the host's PATH (and 1 more)")
    expect(head).toContain('It matters here: published.')
    expect(head).toMatch(/The Node says hostdeps\.dev\/open-iscsi: missing \(set .+\)\./)
    expect(await section('fix').innerText()).toContain('systemctl enable --now iscsid.socket')
    const needs = section('needs').locator('.findings > li')
    expect(await needs.first().innerText()).toContain('binary:iscsiadm')
    expect(await needs.first().innerText()).toContain('seen: looked for /usr/local/sbin/iscsiadm')
    expect(await section('wanted').innerText()).toMatch(/^Who wants it\s+longhorn\s+missing/)
    expect(await section('wanted').innerText()).toContain('its container was started here')
    expect(await section('changes').innerText()).toMatch(
      /ready\s+→\s+to\s+missing\s+iscsiadm went away BinaryNotFound/,
    )
    const links = await section('sources').locator('a').all()
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect(await link.getAttribute('href')).toMatch(/^https:\/\//)
    await section('wanted').getByRole('link', { name: 'longhorn', exact: true }).click()
    const inner = at.page.locator('#needs details').first()
    expect(await inner.locator('.findings').first().isVisible()).toBe(false)
    await inner.locator('summary').first().click()
    expect(await inner.locator('.findings').first().isVisible()).toBe(true)
    await at.page.getByRole('link', { name: 'check:open-iscsi' }).click()
    await at.page.getByRole('link', { name: 'worker-1' }).click()
    expect(await at.page.locator('#check-open-iscsi').isVisible()).toBe(true)
    expect(at.complaints).toEqual([])
  })

  test('the lines for a pod are there to copy, and what is not published says how it would be', async () => {
    const origin = at.server.address
    await at.browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
    const copied = async (title: string) => {
      const way = at.page.locator('.copyable', { has: at.page.getByText(title, { exact: true }) }).last()
      await way.locator('.copy').click()
      await way.getByText('Copied').waitFor()
      return parse(String(await at.page.evaluate('navigator.clipboard.readText()')))
    }
    await at.show('/checks/open-iscsi')
    expect(await section('pod').locator('.note').count()).toBe(0)
    expect(await copied('By the gate')).toEqual({ annotations: { 'hostdeps.dev/requires': 'open-iscsi' } })
    const never = await copied('Not on nodes where it is proven missing')
    expect(JSON.stringify(never)).toContain('"operator":"NotIn","values":["missing"]')
    const { initContainers } = await copied('In an initContainer')
    expect(initContainers[0].image).toBe('ghcr.io/hostdeps/hostdeps:0.1.0')
    const { settings, ...report } = makeReport({ gpu: { isPublished: false } })
    at.source.put({ ...report, settings: { ...settings, checks: ['open-iscsi'] } })
    await at.show('/checks/gpu')
    expect(await section('pod').innerText()).toContain('gpu is not published, so no Node has its label')
    expect(await copied("The config's line that publishes it")).toEqual({ checks: ['open-iscsi', 'gpu'] })
  })

  test('a change shows without a reload, and what is unfolded and focused stays so', async () => {
    at.source.put(await composedReport('k3s-on-debian'))
    await at.show('/checks/longhorn')
    await at.page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
    const folded = at.page.locator('#needs details').first()
    await folded.locator('summary').first().click()
    const report = await composedReport('k3s-on-debian')
    const words = { message: 'other words' }
    const from = performance.now()
    const checks = report.checks.map((check) =>
      check.name === 'longhorn'
        ? { ...check, findings: check.findings.map((finding) => ({ ...finding, ...words })) }
        : check,
    )
    at.source.put({ ...report, checks })
    await at.page.locator('#needs').getByText('other words').first().waitFor()
    console.log(`a change of one check showed after ${Math.round(performance.now() - from)} ms`)
    expect(await folded.locator('.findings').first().isVisible()).toBe(true)
    expect(await at.page.evaluate('document.activeElement.localName')).toBe('summary')
    expect(await at.page.evaluate(() => 'sameDocument' in globalThis)).toBe(true)
  })

  test('its history grows while it is looked at', async () => {
    await at.show('/checks/open-iscsi')
    expect(await section('changes').innerText()).toContain('None since the agent started.')
    const back = {
      ...turned,
      from: 'missing',
      to: 'ready',
      reason: 'AllReady',
      message: 'all 2 needs are met',
    } as const
    at.source.changes = { 'open-iscsi': [back, turned] }
    at.source.put(makeReport({ 'open-iscsi': readyIscsi }))
    await section('changes').locator('li').first().waitFor()
    expect(await section('changes').locator('li').count()).toBe(2)
    expect(await at.page.locator('#news').innerText()).toBe('ready - open-iscsi - worker-1 - hostdeps')
    expect(await section('fix').isVisible()).toBe(false)
  })

  test('a name that is no check leads to those that may be meant, and turns into the check once it is one', async () => {
    await at.show('/checks/open-iscs')
    expect(await at.page.locator('h1').innerText()).toBe('No such check')
    await at.page.locator('main').getByRole('link', { name: 'open-iscsi', exact: true }).click()
    expect(await at.page.locator('h1').innerText()).toBe('open-iscsi')
    await at.show(`/checks/${encodeURIComponent(hostile.slice(0, 30))}`)
    expect(await at.page.locator('main').innerText()).toContain('<script>')
    await at.show('/checks/later')
    const [first, ...rest] = makeReport().checks
    if (first === undefined) throw new Error('the report has no check')
    at.source.put({ ...makeReport(), checks: [{ ...first, name: 'later' }, ...rest] })
    await at.page.locator('h1', { hasText: /^later$/ }).waitFor()
    expect(await at.page.evaluate(() => 'broken' in globalThis)).toBe(false)
  })

  test('without a script it has all of it', async () => {
    at.source.put(await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] }))
    const other = await openOther(at, { javaScriptEnabled: false })
    await other.goto(`${at.server.address}/checks/longhorn`)
    const text = await other.locator('main').innerText()
    for (const words of [
      'Fix, as root',
      'check:open-iscsi',
      'Who wants it',
      'Last changes',
      'initContainers:',
    ])
      expect(text).toContain(words)
    expect(await other.locator('.copy:visible').count()).toBe(0)
    await other.locator('#needs details summary').first().click()
    expect(await other.locator('#needs').innerText()).toContain('binary:iscsiadm')
    await other.context().close()
  })

  test('all links hold behind the path of a proxy, such as that of the API server', async () => {
    const place = '/api/v1/namespaces/hostdeps/services/hostdeps:9465/proxy'
    const proxy = createServer((asked, answer) => {
      const path = asked.url?.startsWith(`${place}/`)
        ? asked.url.slice(place.length)
        : '/not-through-the-proxy'
      const { accept } = asked.headers
      request(`${at.server.address}${path}`, { headers: { accept } }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers)
        got.pipe(answer)
      }).end()
    }).listen(0, '127.0.0.1')
    await new Promise((listening) => void proxy.once('listening', listening))
    onTestFinished(() => void proxy.close())
    const other = await openOther(at, {})
    await other.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}${place}/`)
    await other.locator('#check-nfs-client .name a').click()
    expect(await other.locator('h1').innerText()).toBe('nfs-client')
    await other.getByRole('link', { name: 'worker-1' }).click()
    await other.locator('#tally a[data-state=missing]').click()
    at.source.put(makeReport({ 'open-iscsi': { message: 'through the proxy' } }))
    await other.getByText('through the proxy').waitFor()
    await other.getByRole('link', { name: 'v1/report' }).click()
    expect(await other.locator('body').innerText()).toContain('"node": "worker-1"')
    await other.context().close()
  })
})
