import type { FastifyInstance } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import { pageHeaders, renderPage } from '#agent/http/page/page.ts'
import { sendTagged } from './report-routes.ts'
import { accepts, addRoute } from './server.ts'
import { oncePerSight, tagOf } from './snapshot.ts'
import type { Sight } from './snapshot.ts'

/** GET /: a page for browsers, text for curl. */
export function addFrontRoute(app: FastifyInstance, look: () => Sight): void {
  const page = oncePerSight((sight) => renderPage(sight, tagOf(sight)))
  const text = oncePerSight((sight) => Buffer.from(renderText(sight)))
  addRoute(app, '/', (request, reply) => {
    reply.header('vary', 'accept')
    const sight = look()
    const etag = tagOf(sight)
    if (accepts(request, 'text/html'))
      sendTagged(request, reply.headers(pageHeaders), { body: page(sight), etag })
    else sendTagged(request, reply.type('text/plain; charset=utf-8'), { body: text(sight), etag })
  })
}
