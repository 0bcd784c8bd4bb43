import type { FastifyInstance } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import { routes } from './contract/contract.ts'
import { pageHeaders, renderPage } from '#agent/http/page/page.ts'
import { sendReport, sendTagged } from './report-routes.ts'
import { addRoute, prefer } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** GET /: a page for browsers, text for curl, about what matters on this node; /?all about every check; the report as JSON. */
export function addFrontRoute(app: FastifyInstance, look: () => Snapshot): void {
  const [brief, whole] = [viewsOf({ isAll: false }), viewsOf({ isAll: true })]
  addRoute(app, routes.front, ({ query }, request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look()
    const { page, text } = query.all === undefined ? brief : whole
    const type = prefer(request, ['text/plain', 'text/html', 'application/json'])
    if (type === 'application/json') return sendReport(request, reply, snapshot)
    if (type === 'text/html') reply.headers(pageHeaders)
    else reply.type('text/plain; charset=utf-8')
    const body = type === 'text/html' ? page(snapshot) : text(snapshot)
    sendTagged(request, reply, { body, etag: tagOf(snapshot) })
  })
}

function viewsOf(options: { readonly isAll: boolean }) {
  return {
    page: oncePerSnapshot((snapshot) => renderPage(snapshot, { etag: tagOf(snapshot), ...options })),
    text: oncePerSnapshot((snapshot) => Buffer.from(renderText(snapshot, options))),
  }
}
