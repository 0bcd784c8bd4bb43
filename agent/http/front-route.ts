import type { FastifyInstance } from 'fastify'
import { renderText } from '../render/text.ts'
import { pageHeaders, renderPage } from './page.ts'
import { etagOf, sendTagged, tagged } from './report-routes.ts'
import { accepts, addRoute } from './server.ts'
import { oncePerSight } from './sight.ts'
import type { Sight } from './sight.ts'

/** GET /: a page for browsers, text for curl. */
export function addFrontRoute(app: FastifyInstance, look: () => Sight): void {
  const page = oncePerSight((sight) => {
    const etag = etagOf(JSON.stringify(sight))
    return tagged(renderPage(sight, etag), etag)
  })
  const text = oncePerSight((sight) => tagged(renderText(sight)))
  addRoute(app, '/', (request, reply) => {
    reply.header('vary', 'accept')
    if (accepts(request, 'text/html')) sendTagged(request, reply.headers(pageHeaders), page(look()))
    else sendTagged(request, reply.type('text/plain; charset=utf-8'), text(look()))
  })
}
