import type { FastifyInstance, FastifyRequest } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import { pageHeaders, renderPage } from '#agent/http/page/page.ts'
import { sendTagged } from './report-routes.ts'
import { accepts, addRoute } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** GET /: a page for browsers, text for curl, about what matters on this node; /?all about every check. */
export function addFrontRoute(app: FastifyInstance, look: (request: FastifyRequest) => Snapshot): void {
  const [brief, whole] = [viewsOf({ isAll: false }), viewsOf({ isAll: true })]
  addRoute(app, '/', (request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look(request)
    const etag = tagOf(snapshot)
    const { page, text } = asksForAll(request) ? whole : brief
    if (accepts(request, 'text/html'))
      sendTagged(request, reply.headers(pageHeaders), { body: page(snapshot), etag })
    else sendTagged(request, reply.type('text/plain; charset=utf-8'), { body: text(snapshot), etag })
  })
}

function viewsOf(options: { readonly isAll: boolean }) {
  return {
    page: oncePerSnapshot((snapshot) => renderPage(snapshot, { etag: tagOf(snapshot), ...options })),
    text: oncePerSnapshot((snapshot) => Buffer.from(renderText(snapshot, options))),
  }
}

function asksForAll({ query }: FastifyRequest): boolean {
  return typeof query === 'object' && query !== null && Object.hasOwn(query, 'all')
}
