import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserContext } from 'playwright-core'

/** CHROMIUM names another one. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Where there is no browser the tests are left out, and say so; in CI they fail instead. */
export function canBrowse(): boolean {
  const can = existsSync(executablePath) || process.env['CI'] === 'true'
  if (!can)
    console.warn(
      `SKIPPED: the page is not tested, for there is no browser at ${executablePath} (set CHROMIUM)`,
    )
  return can
}

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser that knows nothing of earlier ones. */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'hostdeps-browser-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, headless: true })
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
