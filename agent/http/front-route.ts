import type { FastifyInstance } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import { pageHeaders, renderPage } from '#agent/http/page/page.ts'
import { sendTagged } from './report-routes.ts'
import { accepts, addRoute } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** GET /: a page for browsers, text for curl. */
export function addFrontRoute(app: FastifyInstance, look: () => Snapshot): void {
  const page = oncePerSnapshot((snapshot) => renderPage(snapshot, tagOf(snapshot)))
  const text = oncePerSnapshot((snapshot) => Buffer.from(renderText(snapshot)))
  addRoute(app, '/', (request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look()
    const etag = tagOf(snapshot)
    if (accepts(request, 'text/html'))
      sendTagged(request, reply.headers(pageHeaders), { body: page(snapshot), etag })
    else sendTagged(request, reply.type('text/plain; charset=utf-8'), { body: text(snapshot), etag })
  })
}
