import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { composedReport } from '../hosts/composed-report.ts'
import { crash, hostile, makeReport } from '../http/report-fixture.ts'
import { canBrowse } from './browser.ts'
import { openOther, useServedPage } from './served-page.ts'

/** Some text contrasts with a picture or is not seen; a person must look at it, and axe says so by these. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  )
}

/** Every page, of a node with something in each state that a page knows. */
const pages = [
  { path: '/', is: 'a front page with everything' },
  { path: '/?all', is: 'and all checks unfolded' },
  { path: '/?state=missing', is: 'and those of one state' },
  { path: '/checks/open-iscsi', is: 'a check that is missing' },
  { path: '/checks/kubernetes-node', is: 'a check that is ready' },
  { path: '/checks/nfs-client', is: 'a check that is unknown' },
  { path: '/checks/longhorn', is: 'a check that is not published' },
  { path: '/checks/iscs', is: 'no check' },
] as const

describe.skipIf(!canBrowse())('everyone can use the pages', () => {
  const at = useServedPage()

  /** Real checks, one of them unknown, and something that crashes. */
  const everything = async () => {
    const report = await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] })
    const unknown = {
      state: 'unknown',
      reason: 'PermissionDenied',
      message: `not allowed: ${hostile}`,
    } as const
    const pending = { state: 'missing', reason: 'BinaryNotFound', since: report.at } as const
    const checks = report.checks.map((check) => {
      if (check.name === 'time-sync') return { ...check, pending }
      return check.name === 'nfs-client' ? { ...check, ...unknown } : check
    })
    const settings = { ...report.settings, mistakes: ['config.yaml:3: is wrong'] }
    at.source.unpublished = 'the API server does not answer'
    at.source.changes = {
      'open-iscsi': [{ ...unknown, at: report.at, from: 'ready', to: 'missing' }],
    }
    at.source.put({ ...report, checks, settings, crashes: [crash(), crash({ fixed: report.at, need: 'x' })] })
  }

  test.each(
    [
      { scheme: 'light', width: 1280 },
      { scheme: 'dark', width: 1280 },
      { scheme: 'light', width: 360 },
      { scheme: 'dark', width: 360 },
    ].map((look) => look as { scheme: 'light' | 'dark'; width: number }),
  )('axe-core finds no violation: $scheme, $width px', async ({ scheme, width }) => {
    await everything()
    const viewport = { width, height: 900 }
    const other = await openOther(at, { bypassCSP: true, colorScheme: scheme, viewport })
    for (const { path, is } of pages) {
      await other.goto(at.server.address + path)
      // Colours of what is folded are only seen when it is not.
      await other.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
      expect(await violationsOf(other), `${path}, ${is}`).toEqual([])
      expect(
        await other.evaluate('document.documentElement.scrollWidth'),
        `${path} is as wide as the window`,
      ).toBe(width)
    }
    await other.context().close()
  })

  test('axe-core would find what is wrong', async () => {
    const other = await openOther(at, { bypassCSP: true })
    await other.goto(at.server.address)
    await other.evaluate('document.querySelector("#filter").parentElement.querySelector("label").remove()')
    await other.evaluate('document.querySelector("#filter").removeAttribute("placeholder")')
    await other.evaluate('document.querySelector("h1").style.color = "#ddd"')
    const found = (await violationsOf(other)).map((line) => line.split(':')[0])
    expect(found).toEqual(expect.arrayContaining(['color-contrast', 'label']))
    await other.context().close()
  })

  test('the keyboard reaches everything in the order of the page, and one sees where it is', async () => {
    const active = () =>
      at.page.evaluate(() => {
        const { document, getComputedStyle } = globalThis as unknown as {
          document: { activeElement: { textContent: string; id: string; localName: string } }
          getComputedStyle: (of: unknown) => { outlineStyle: string }
        }
        const { activeElement: on } = document
        return { text: on.textContent.trim(), id: on.id, outline: getComputedStyle(on).outlineStyle }
      })
    const order: string[] = []
    for (let step = 0; step < 9; step++) {
      await at.page.keyboard.press('Tab')
      const { text, id, outline } = await active()
      expect(outline, `${text} ${id}`).not.toBe('none')
      order.push(id || text.replace(/\s+/g, ' '))
    }
    expect(order).toEqual([
      'Skip to the content',
      '1 missing',
      '1 unknown',
      '2 ready',
      '1 not-applicable',
      'filter',
      'open-iscsi',
      'The fix, and what was seen',
      'Copy the commands for open-iscsi',
    ])
    await at.page.keyboard.press('/')
    expect((await active()).id).toBe('filter')
    await at.page.keyboard.type('gpu/')
    expect(await at.page.inputValue('#filter')).toBe('gpu/')
    await at.page.reload()
    await at.page.keyboard.press('Tab')
    await at.page.keyboard.press('Enter')
    expect((await active()).id).toBe('main')
  })

  test('a focus stays where it is when the page changes under it', async () => {
    const copy = at.check('open-iscsi').locator('.copy').first()
    await copy.focus()
    at.source.put(makeReport({ 'open-iscsi': { message: 'other words' } }))
    await at.check('open-iscsi').getByText('other words').waitFor()
    expect(await copy.evaluate((button) => button.matches(':focus'))).toBe(true)
    const count = at.page.locator('#tally a[data-state=ready]')
    await count.focus()
    at.source.put(makeReport({ gpu: { state: 'missing', reason: 'BinaryNotFound' } }))
    await at.page.locator('#tally b', { hasText: '2' }).first().waitFor()
    await expect.poll(() => count.evaluate((link) => link.matches(':focus'))).toBe(true)
  })

  test('a screen reader finds landmarks, headings in order and words for what is only seen', async () => {
    await everything()
    for (const path of ['/', '/checks/open-iscsi']) {
      await at.show(path)
      for (const role of ['banner', 'main', 'contentinfo', 'navigation'] as const)
        expect(await at.page.getByRole(role).count(), `${path}: ${role}`).toBe(1)
      const levels = await at.page
        .locator('h1, h2, h3')
        .evaluateAll((all) => all.map(({ localName }) => localName))
      expect(levels.filter((level) => level === 'h1')).toHaveLength(1)
      expect(levels[0]).toBe('h1')
    }
    await at.show('/')
    expect(await at.page.getByRole('search').count()).toBe(1)
    expect(await at.page.getByRole('heading', { level: 3, name: /^open-iscsi/ }).count()).toBe(1)
    const button = at.page.getByRole('button', { name: 'Copy the commands that fix all of it' })
    expect(await button.count()).toBe(1)
  })

  test('nothing moves for whoever does not want it', async () => {
    await at.page.emulateMedia({ reducedMotion: 'reduce' })
    const moving = await at.page.locator('*').evaluateAll(
      (all) =>
        all.filter((one) => {
          const { transitionDuration, animationName } = (
            globalThis as unknown as {
              getComputedStyle: (of: unknown) => { transitionDuration: string; animationName: string }
            }
          ).getComputedStyle(one)
          return transitionDuration !== '0s' || animationName !== 'none'
        }).length,
    )
    expect(moving).toBe(0)
  })
})
