import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { ReportSource } from '../model/report.ts'
import { renderPage } from '../render/page.ts'
import { pageScript } from '../render/page-script.ts'
import { pageStyle } from '../render/page-style.ts'
import { renderText } from '../render/text.ts'
import { sendNoRound } from './find-check.ts'

/** Only the page's own style and script run, whatever text a host sends. */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(pageStyle)}`,
  `script-src ${hashOf(pageScript)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `/`: text for curl, a page for browsers. */
export function addPageRoute(app: FastifyInstance, source: ReportSource): void {
  app.get('/', (request, reply) => {
    const report = source.current()
    reply.header('vary', 'accept')
    if (request.headers.accept?.includes('text/html')) {
      reply.headers({ 'content-security-policy': policy, 'referrer-policy': 'no-referrer' })
      return reply.type('text/html; charset=utf-8').send(renderPage(report, source.stale()))
    }
    if (report === null) return sendNoRound(reply)
    return reply.type('text/plain; charset=utf-8').send(renderText(report, source.stale()))
  })
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
