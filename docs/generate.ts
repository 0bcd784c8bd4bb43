import { writeFileSync } from 'node:fs'
import { startHttp } from '#agent/http/start-http.ts'
import type { Report } from '#agent/model/report.ts'
import { composedReport } from '../test/hosts/composed-report.ts'
import { fakeSource } from '../test/http/report-fixture.ts'
import { openapiDocument, operations } from './openapi.ts'

export const openapiFile = new URL('openapi.json', import.meta.url).pathname

/** The checks of the examples: one that is missing, and one that is ready. */
const shown = ['open-iscsi', 'time-sync']

/** What differs from one run to the next. */
const settled = (report: Report): Report => {
  const text = JSON.stringify(report).replaceAll(/"20\d\d-[^"]*Z"/g, '"2026-11-24T08:00:00.000Z"')
  return { ...JSON.parse(text), took: 31 }
}

/** The OpenAPI document; its examples are what a server really answers about a composed host. */
export async function renderOpenapi(): Promise<string> {
  const whole = settled(await composedReport('k3s-on-debian'))
  const checks = whole.checks.filter(({ name }) => shown.includes(name))
  const source = fakeSource({
    ...whole,
    settings: { ...whole.settings, aliases: {}, checks: shown, hash: '6f1c2a90d41675ef' },
    checks,
  })
  const server = await startHttp({ source, host: '127.0.0.1', port: 0, publishing: () => null })
  try {
    const examples = new Map<string, unknown>()
    for (const [name, { answers }] of Object.entries(operations))
      for (const [status, { content }] of Object.entries(answers))
        for (const type of Object.keys(content)) {
          const key = [name, status, type].join(' ')
          const example = await exampleOf(server.address, key)
          if (example !== undefined) examples.set(key, example)
        }
    return `${JSON.stringify(
      openapiDocument((...key) => examples.get(key.join(' '))),
      null,
      1,
    )}\n`
  } finally {
    await server.close()
  }
}

/** By route and status; what is not here has no example. */
const asked: Readonly<Record<string, string>> = {
  'report 200': '/v1/report',
  'check 200': '/v1/checks/open-iscsi',
  'check 404': '/v1/checks/iscsi',
  'ready 200': '/ready/time-sync',
  'ready 503': '/ready/open-iscsi',
  'ready 404': '/ready/iscsi',
  'healthz 200': '/healthz',
  'readyz 200': '/readyz',
}

async function exampleOf(address: string, key: string): Promise<unknown> {
  const [name, status, accept = ''] = key.split(' ')
  const path = asked[`${name} ${status}`]
  if (path === undefined || accept === 'text/html') return undefined
  const response = await fetch(address + path, { headers: { accept } })
  const body = await response.text()
  if (String(response.status) !== status) throw new Error(`${path} answers ${response.status}, not ${status}`)
  return accept.includes('json') ? JSON.parse(body) : body
}

if (import.meta.main) writeFileSync(openapiFile, await renderOpenapi())
