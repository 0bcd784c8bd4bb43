import { describe, expect, test } from 'vitest'
import { composedReport } from '../hosts/composed-report.ts'
import { crash } from '../http/report-fixture.ts'
import { canBrowse } from './browser.ts'
import { shots, useServedPage } from './served-page.ts'

const paths = [
  { path: '/', name: 'front' },
  { path: '/?all', name: 'all' },
  { path: '/checks/open-iscsi', name: 'missing' },
  { path: '/checks/kubernetes-node', name: 'ready' },
  { path: '/checks/longhorn', name: 'unpublished' },
  { path: '/checks/iscs', name: 'no-check' },
] as const

describe.skipIf(!canBrowse())('what the pages look like', () => {
  const at = useServedPage()

  test.each([
    { width: 360, scheme: 'light' },
    { width: 360, scheme: 'dark' },
    { width: 768, scheme: 'light' },
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
  ] as const)('at $width px, $scheme: nothing is wider than the window', async ({ width, scheme }) => {
    const report = await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] })
    at.source.put({ ...report, crashes: [crash()] })
    await at.page.emulateMedia({ colorScheme: scheme })
    await at.page.setViewportSize({ width, height: 900 })
    for (const { path, name } of paths) {
      await at.show(path)
      // All hundred checks are a picture of 30,000 pixels.
      const isWhole = name !== 'all'
      await at.page.screenshot({ path: `${shots}${name}-${width}-${scheme}.png`, fullPage: isWhole })
      expect(await at.page.evaluate('document.documentElement.scrollWidth'), path).toBe(width)
    }
  })
})
