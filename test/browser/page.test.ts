import { describe, expect, test } from 'vitest'
import { composedReport } from '../hosts/composed-report.ts'
import { hostile, makeReport, readyIscsi } from '../http/report-fixture.ts'
import { canBrowse } from './browser.ts'
import { openOther, shots, useServedPage } from './served-page.ts'

describe.skipIf(!canBrowse())('the front page in a browser', () => {
  const at = useServedPage()
  const { check, show } = at
  const body = (name: string) => check(name).locator('.body')
  const isOpen = async (name: string) => (await body(name).getAttribute('open')) !== null
  const shown = () => at.page.locator('.check:visible .name a').allInnerTexts()

  test('what is missing comes first, open, with its reason and its fix; what is ready says so in a line', async () => {
    expect(await at.page.title()).toBe('1 missing - worker-1 - hostdeps')
    expect(await at.page.locator('.check').first().getAttribute('id')).toBe('check-open-iscsi')
    const text = await check('open-iscsi').innerText()
    expect(text).toContain("iscsiadm is not on the host's PATH")
    expect(text).toContain('Volumes are attached by iscsiadm')
    expect(text).toContain('apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid')
    expect(text).toContain('looked in /usr/local/sbin')
    expect(await Promise.all(['open-iscsi', 'nfs-client', 'time-sync'].map(isOpen))).toEqual([
      true,
      true,
      false,
    ])
    expect(await body('kubernetes-node').count()).toBe(0)
    expect(await at.page.locator('#fresh').innerText()).toMatch(
      /^Asked \d+ days ago in 12 ms, again every 1m/,
    )
    expect(at.complaints).toEqual([])
  })

  test('where several checks are missing something, one text that fixes all of it comes first', async () => {
    expect(await at.page.locator('#together').isVisible()).toBe(false)
    at.source.put(await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] }))
    const together = at.page.locator('#together pre')
    await together.waitFor()
    expect(await together.innerText()).toContain('apt-get install -y open-iscsi nfs-common')
    expect(await at.page.locator('#published .check').first().getAttribute('id')).toBe('check-open-iscsi')
    // What was open before stays so.
    expect(await isOpen('open-iscsi')).toBe(true)
    await at.page.reload()
    expect(await isOpen('open-iscsi')).toBe(false)
    await body('open-iscsi').locator('summary').first().click()
    expect(await check('open-iscsi').locator('pre').first().innerText()).not.toContain('nfs-common')
  })

  test('published comes first, then what was seen here; the rest is folded, and comes out when it is looked for', async () => {
    at.source.put(await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] }))
    await at.page.locator('#check-longhorn').waitFor()
    expect(await at.page.title()).toBe('3 missing - worker-1 - hostdeps')
    const here = ['open-iscsi', 'nfs-client', 'kubernetes-node', 'time-sync', 'longhorn']
    expect(await shown()).toEqual(here)
    expect(await at.page.locator('#seen .check').getAttribute('id')).toBe('check-longhorn')
    expect(await at.page.locator('#others-head').innerText()).toMatch(
      /^1\d\d more checks\s+for what was not seen on this node: /,
    )
    expect(await check('longhorn').locator('.seen').innerText()).toContain('its container was started here')
    await at.page.screenshot({ path: `${shots}bare-node.png` })
    await at.page.fill('#filter', 'elasticsearch')
    expect(await shown()).toEqual(['elasticsearch'])
    await at.page.fill('#filter', '')
    expect(await shown()).toHaveLength(here.length)
    await at.page.locator('#others-group > summary').click()
    expect((await shown()).length).toBeGreaterThan(100)
    expect(at.complaints).toEqual([])
  })

  test('a check that turns out to matter comes out of the fold, as it stands', async () => {
    const report = makeReport()
    const without = {
      ...report.settings,
      checks: report.settings.checks.filter((name) => name !== 'nfs-client'),
    }
    at.source.put({ ...report, settings: without })
    await at.page.locator('#others #check-nfs-client').waitFor({ state: 'attached' })
    await at.page.locator('#others-group > summary').click()
    if (!(await isOpen('nfs-client'))) await body('nfs-client').locator('summary').click()
    at.source.put({ ...report, settings: without, seen: [{ check: 'nfs-client', by: 'container' }] })
    await at.page.locator('#seen #check-nfs-client').waitFor()
    expect(await isOpen('nfs-client')).toBe(true)
    expect(await at.page.locator('#others-group').isVisible()).toBe(false)
  })

  test('without a script it folds, unfolds, filters by state and leads to each check', async () => {
    at.source.put(await composedReport('k3s-on-debian'))
    const other = await openOther(at, { javaScriptEnabled: false })
    const visible = other.locator('.check:visible')
    await other.goto(at.server.address)
    expect(await visible.count()).toBe(4)
    expect(await other.locator('.copy:visible, .filter:visible').count()).toBe(0)
    expect(await other.locator('#fresh time').innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
    // A click waits for the next page to begin, and not until all of it is there.
    await other.locator('#tally a', { hasText: 'missing' }).click()
    await expect
      .poll(() => other.locator('.check:visible > .state').allInnerTexts())
      .toEqual([' missing', ' missing'])
    await other.locator('#tally a', { hasText: 'Show all' }).click()
    await expect.poll(() => visible.count()).toBe(4)
    await other.waitForLoadState()
    await other.locator('#others-group > summary').click()
    await expect.poll(() => visible.count()).toBeGreaterThan(100)
    await other.goto(`${at.server.address}/?all`)
    expect(await visible.count()).toBeGreaterThan(100)
    await other.locator('#check-longhorn .name a').click()
    await expect.poll(() => other.locator('h1').innerText()).toBe('longhorn')
    await other.context().close()
  })

  test('a log is explained, and what is wrong with one is said', async () => {
    const { page } = at
    await page.locator('#explain > summary').click()
    const answer = page.locator('#explain-answer')
    await page.fill('#explain-log', 'x'.repeat(1024 * 1024 + 1))
    await page.locator('#explain button').click()
    await answer.getByText('Request body is too large').waitFor()
    await page.fill(
      '#explain-log',
      `nsenter: failed to execute iscsiadm: No such file or directory\n${hostile}`,
    )
    await page.locator('#explain button').click()
    await answer.getByText('apt-get install -y open-iscsi').waitFor()
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false)
    await page.screenshot({ path: `${shots}explain.png`, fullPage: true })
    // The browser itself complains of the first answer, a 400.
    expect(at.complaints.filter((line) => !line.includes('413 (Payload Too Large)'))).toEqual([])
  })

  test('text of a host stays text', async () => {
    expect(await check('nfs-client').innerText()).toContain(`seen: ${hostile}`)
    at.source.put({ ...makeReport(), node: hostile })
    await at.page.locator('h1', { hasText: '<script>' }).waitFor()
    expect(await at.page.evaluate(() => 'broken' in globalThis)).toBe(false)
    expect(at.complaints).toEqual([])
  })

  test('the filter keeps the checks that have all its words, in their text or among their needs', async () => {
    await at.page.fill('#filter', 'ISCSI missing')
    expect(await shown()).toEqual(['open-iscsi'])
    await at.page.fill('#filter', 'binary:mount')
    expect(await shown()).toEqual(['kubernetes-node'])
    await at.page.fill('#filter', 'nothing has this')
    expect(await shown()).toEqual([])
    expect(await at.page.locator('#none').isVisible()).toBe(true)
    expect(await at.page.locator('#published-head').isVisible()).toBe(false)
    await at.page.fill('#filter', '')
    expect(await shown()).toHaveLength(5)
  })

  test('a count shows the checks of its state alone, keeps to it over an update and a reload, and takes it back', async () => {
    const missing = at.page.locator('#tally a[data-state=missing]')
    await missing.click()
    expect(await shown()).toEqual(['open-iscsi'])
    expect(await missing.getAttribute('aria-current')).toBe('true')
    at.source.put(makeReport({ 'nfs-client': { state: 'missing', reason: 'FileNotFound' } }))
    await at.page.locator('#check-nfs-client:visible').waitFor()
    expect(await shown()).toEqual(['open-iscsi', 'nfs-client'])
    await at.page.reload()
    expect(await shown()).toEqual(['open-iscsi', 'nfs-client'])
    await missing.click()
    expect(await shown()).toHaveLength(5)
    expect(new URL(at.page.url()).search).toBe('')
  })

  test('the copy button copies just the commands', async () => {
    const origin = at.server.address
    await at.browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
    await check('open-iscsi').locator('.copy').first().click()
    await check('open-iscsi').getByText('Copied').waitFor()
    expect(await at.page.evaluate('navigator.clipboard.readText()')).toBe(
      'apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid',
    )
    expect(await at.page.locator('#news').innerText()).toBe('Copied')
  })

  test('it copies where the browser has no clipboard, as on the plain http of a node', async () => {
    await at.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await check('open-iscsi').locator('.copy').first().click()
    await check('open-iscsi').getByText('Copied').waitFor()
  })

  test('a new report shows without a reload, and loses neither filter nor what is open or closed', async () => {
    await at.page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
    await body('time-sync').locator('summary').click()
    await body('nfs-client').locator('summary').click()
    await at.page.fill('#filter', 'i')
    const from = performance.now()
    at.source.put(
      makeReport({
        'open-iscsi': readyIscsi,
        'nfs-client': { message: 'there is still no permission' },
        'time-sync': { message: 'chronyd.service is still not enabled' },
      }),
    )
    await at.page.locator('#check-open-iscsi[data-state=ready]').waitFor()
    console.log(`a change showed after ${Math.round(performance.now() - from)} ms`)
    expect(await at.page.title()).toBe('1 unknown - worker-1 - hostdeps')
    expect(await at.page.locator('#news').innerText()).toBe('1 unknown - worker-1 - hostdeps')
    await check('nfs-client').getByText('there is still no permission').waitFor()
    expect(await Promise.all(['nfs-client', 'time-sync'].map(isOpen))).toEqual([false, true])
    expect(await at.page.inputValue('#filter')).toBe('i')
    expect(await at.page.evaluate(() => 'sameDocument' in globalThis)).toBe(true)
    expect(at.complaints).toEqual([])
  })

  test('a stale report is shown prominently, and its checks are unknown', async () => {
    at.source.stalled = 'no round has finished for 200 s'
    await at.page.locator('#stale').waitFor()
    expect(await at.page.locator('#stale').innerText()).toContain('no round has finished for 200 s')
    expect(await at.page.locator('.counts').innerText()).toMatch(/5\s+unknown/)
    expect(await at.page.title()).toBe('stale - worker-1 - hostdeps')
    await at.page.screenshot({ path: `${shots}stale.png`, fullPage: true })
    at.source.stalled = null
    await at.page.locator('#stale').waitFor({ state: 'detached' })
  })

  test('an agent that does not answer is shown prominently', async () => {
    await show('/checks/open-iscsi')
    expect(await at.page.locator('#lost').isVisible()).toBe(false)
    await at.server.close()
    await at.page.locator('#lost').waitFor({ state: 'visible' })
    expect(await at.page.locator('#lost').innerText()).toContain('has not answered since')
  })
})
