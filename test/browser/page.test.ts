import { mkdir } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHttp } from '#agent/http/start-http.ts'
import type { HttpServer } from '#agent/http/start-http.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource, hostile, makeReport, readyIscsi } from '../http/report-fixture.ts'
import type { FakeSource } from '../http/report-fixture.ts'
import { canBrowse, openBrowser } from './browser.ts'
import { publishStatus } from '../model/settings.ts'

const shots = new URL('../../.cache/page/', import.meta.url).pathname

describe.skipIf(!canBrowse())('the page in a browser', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let source: FakeSource
  let server: HttpServer
  let page: Page
  /** What the browser complains of: scripts that fail, what the policy refuses. */
  let complaints: string[]

  beforeAll(async () => {
    await mkdir(shots, { recursive: true })
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    source = fakeSource()
    server = await startHttp({
      source,
      host: '127.0.0.1',
      port: 0,
      publishing: () => publishStatus(source.unpublished),
    })
    page = await browser.context.newPage()
    complaints = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => void complaints.push(error.message))
    await page.goto(server.address)
  })
  afterEach(async () => {
    await page.close()
    await server.close()
  })

  const check = (name: string) => page.locator(`#check-${name}`)
  const isOpen = async (name: string) => (await check(name).getAttribute('open')) !== null

  test('what is missing comes first, open, with its reason and its fix; what is ready is folded', async () => {
    expect(await page.title()).toBe('1 missing - worker-1 - hostdeps')
    expect(await page.locator('.check').first().getAttribute('id')).toBe('check-open-iscsi')
    const text = await check('open-iscsi').innerText()
    expect(text).toContain("iscsiadm is not on the host's PATH")
    expect(text).toContain('apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid')
    expect(text).toContain('looked in /usr/local/sbin')
    const open = await Promise.all(['open-iscsi', 'nfs-client', 'kubernetes-node', 'gpu'].map(isOpen))
    expect(open).toEqual([true, true, false, false])
    expect(complaints).toEqual([])
  })

  test('what does not matter here is folded, comes out when it is looked for, and folds again', async () => {
    const shown = () => page.locator('.check:visible .name b').allInnerTexts()
    source.put(await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] }))
    await page.locator('#check-longhorn').waitFor()
    expect(await page.title()).toBe('3 missing - worker-1 - hostdeps')
    const here = ['open-iscsi', 'nfs-client', 'kubernetes-node', 'time-sync', 'longhorn']
    expect((await shown()).toSorted()).toEqual(here.toSorted())
    expect(await page.locator('#others > summary').innerText()).toMatch(
      /^1\d\d more checks, for what was not seen/,
    )
    expect(await check('longhorn').locator('.seen').innerText()).toContain('its container was started here')
    await page.screenshot({ path: `${shots}bare-node.png` })
    await page.fill('#filter', 'elasticsearch')
    expect(await shown()).toEqual(['elasticsearch'])
    await page.fill('#filter', '')
    expect(await shown()).toHaveLength(here.length)
    await page.locator('#others > summary').click()
    expect((await shown()).length).toBeGreaterThan(100)
    await page.screenshot({ path: `${shots}bare-node-all.png`, fullPage: true })
    expect(complaints).toEqual([])
  })

  test('a check that turns out to matter comes out of the fold, as it stands', async () => {
    const report = makeReport()
    const without = { ...report.settings, checks: report.settings.checks.filter((name) => name !== 'gpu') }
    source.put({ ...report, settings: without })
    await page.locator('#other-checks #check-gpu').waitFor({ state: 'attached' })
    await page.locator('#others > summary').click()
    await check('gpu').locator('summary').click()
    source.put({ ...report, settings: without, seen: [{ check: 'gpu', by: 'container' }] })
    await page.locator('#checks #check-gpu').waitFor()
    expect(await isOpen('gpu')).toBe(true)
    expect(await page.locator('#others').isVisible()).toBe(false)
  })

  test('without a script it folds and unfolds too', async () => {
    source.put(await composedReport('k3s-on-debian'))
    const plain = await browser.context.browser()?.newContext({ javaScriptEnabled: false })
    const other = await plain?.newPage()
    if (other === undefined) throw new Error('the browser opens no other page')
    await other.goto(server.address)
    expect(await other.locator('.check:visible').count()).toBe(4)
    await other.locator('#others > summary').click()
    expect(await other.locator('.check:visible').count()).toBeGreaterThan(100)
    await other.goto(`${server.address}/?all`)
    expect(await other.locator('.check:visible').count()).toBeGreaterThan(100)
    await plain?.close()
  })

  test('text of a host stays text', async () => {
    expect(await check('nfs-client').innerText()).toContain(`seen: ${hostile}`)
    source.put({ ...makeReport(), node: hostile })
    await page.locator('h1', { hasText: '<script>' }).waitFor()
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false)
    expect(complaints).toEqual([])
  })

  test('the filter keeps the checks that have all its words', async () => {
    const shown = () => page.locator('.check:visible .name b').allInnerTexts()
    await page.fill('#filter', 'ISCSI missing')
    expect(await shown()).toEqual(['open-iscsi'])
    await page.fill('#filter', 'nothing has this')
    expect(await shown()).toEqual([])
    expect(await page.locator('#none').isVisible()).toBe(true)
    await page.fill('#filter', '')
    expect(await shown()).toHaveLength(5)
  })

  test('the copy button copies just the commands', async () => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.address })
    await check('open-iscsi').locator('.copy').first().click()
    await check('open-iscsi').getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid',
    )
  })

  test('it copies where the browser has no clipboard, as on the plain http of a node', async () => {
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await check('open-iscsi').locator('.copy').first().click()
    await check('open-iscsi').getByText('Copied').waitFor()
  })

  test('a new report shows without a reload, and loses neither filter nor what is open or closed', async () => {
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
    await check('gpu').locator('summary').click()
    await check('nfs-client').locator('summary').click()
    await page.fill('#filter', 'i')
    source.put(
      makeReport({ 'open-iscsi': readyIscsi, 'nfs-client': { message: 'there is still no permission' } }),
    )
    await page.locator('#check-open-iscsi[data-state=ready]').waitFor()
    expect(await page.title()).toBe('1 unknown - worker-1 - hostdeps')
    await check('nfs-client').getByText('there is still no permission').waitFor()
    const open = await Promise.all(['open-iscsi', 'nfs-client', 'gpu'].map(isOpen))
    expect(open).toEqual([true, false, true])
    expect(await page.inputValue('#filter')).toBe('i')
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true)
    expect(complaints).toEqual([])
  })

  test('a stale report is shown prominently, and its checks are unknown', async () => {
    source.stalled = 'no round has finished for 200 s'
    await page.locator('#stale').waitFor()
    expect(await page.locator('#stale').innerText()).toContain('no round has finished for 200 s')
    expect(await page.locator('.counts').innerText()).toContain('5 unknown')
    await page.screenshot({ path: `${shots}stale.png`, fullPage: true })
    source.stalled = null
    await page.locator('#stale').waitFor({ state: 'detached' })
  })

  test('an agent that does not answer is shown prominently', async () => {
    expect(await page.locator('#lost').isVisible()).toBe(false)
    await server.close()
    await page.locator('#lost').waitFor({ state: 'visible' })
    expect(await page.locator('#lost').innerText()).toContain('has not answered since')
  })

  test.each([
    { name: 'light', colorScheme: 'light', width: 1280 },
    { name: 'dark', colorScheme: 'dark', width: 1280 },
    { name: 'phone', colorScheme: 'light', width: 360 },
    { name: 'phone-dark', colorScheme: 'dark', width: 360 },
  ] as const)('$name: nothing is wider than the window', async ({ name, colorScheme, width }) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: `${shots}${name}.png`, fullPage: true })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
})
