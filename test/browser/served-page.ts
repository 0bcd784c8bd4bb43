import { mkdir } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { startHttp } from '#agent/http/start-http.ts'
import type { HttpServer } from '#agent/http/start-http.ts'
import { fakeSource } from '../http/report-fixture.ts'
import type { FakeSource } from '../http/report-fixture.ts'
import { publishStatus } from '../model/settings.ts'
import { openBrowser } from './browser.ts'

/** Where screenshots are kept. */
export const shots = new URL('../../.cache/page/', import.meta.url).pathname

/** What a test has at hand: a browser on the front page of a real server, anew for each test. */
export interface ServedPage {
  browser: Awaited<ReturnType<typeof openBrowser>>
  source: FakeSource
  server: HttpServer
  page: Page
  /** What the browser complains of: scripts that fail, what the policy refuses. */
  complaints: string[]
  check(name: string): Locator
  /** Shows another page of the server. */
  show(path: string): Promise<void>
}

/** Call it within `describe`. After each test it looks whether anything was asked of another server. */
export function useServedPage(): ServedPage {
  let elsewhere: string[] = []
  const served = {
    check: (name: string) => served.page.locator(`#check-${name}`),
    show: async (path: string) => void (await served.page.goto(served.server.address + path)),
  } as ServedPage

  beforeAll(async () => {
    await mkdir(shots, { recursive: true })
    served.browser = await openBrowser()
  })
  afterAll(() => served.browser?.close())

  beforeEach(async () => {
    const source = fakeSource()
    const publishing = () => publishStatus(source.unpublished)
    const explain = openExplainer({ config: null, allowCommands: false }, source)
    const place = { host: '127.0.0.1', port: 0, version: '0.1.0' }
    const server = await startHttp({ source, ...place, publishing, explain })
    const page = await served.browser.context.newPage()
    const complaints: string[] = []
    elsewhere = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => void complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(`${server.address}/`) && !request.url().startsWith('data:'))
        elsewhere.push(request.url())
    })
    Object.assign(served, { source, server, page, complaints })
    await page.goto(server.address)
  })
  afterEach(async () => {
    await served.page.close()
    await served.server.close()
    expect(elsewhere, 'requests to other servers').toEqual([])
  })
  return served
}

/** A page of another context: without scripts, in another scheme. Its own requests are those of the same pages. */
export async function openOther({ browser }: ServedPage, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.context.browser()?.newContext(options)
  if (context === undefined) throw new Error('the browser opens no other context')
  return context.newPage()
}
