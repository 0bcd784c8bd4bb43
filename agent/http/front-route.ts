import type { FastifyInstance, FastifyRequest } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import type { State } from '#agent/model/state.ts'
import { states } from '#agent/model/state.ts'
import { routes } from './contract/contract.ts'
import { renderPage } from '#agent/http/page/page.ts'
import type { PageOptions } from '#agent/http/page/page.ts'
import { pageHeaders } from '#agent/http/page/shell.ts'
import { sendReport, sendTagged } from './report-routes.ts'
import { addRoute, prefer } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/**
 * GET /: a page for browsers, text for curl, about what matters on this node; /?all about every check; the report as JSON.
 * /?state=missing is the page with checks of that state alone.
 */
export function addFrontRoute(
  app: FastifyInstance,
  look: (request: FastifyRequest) => Snapshot,
  canExplain: boolean,
): void {
  const [brief, whole] = [viewsOf({ isAll: false, canExplain }), viewsOf({ isAll: true, canExplain })]
  addRoute(app, routes.front, ({ query: { all, state = null } }, request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look(request)
    const { pageOf, text } = all === undefined ? brief : whole
    const type = prefer(request, ['text/plain', 'text/html', 'application/json'])
    if (type === 'application/json') return sendReport(request, reply, snapshot)
    if (type === 'text/html') reply.headers(pageHeaders)
    else reply.type('text/plain; charset=utf-8')
    const body = type === 'text/html' ? pageOf(state)(snapshot) : text(snapshot)
    sendTagged(request, reply, { body, etag: tagOf(snapshot, type === 'text/html' ? 'html' : 'text') })
  })
}

function viewsOf({ isAll, canExplain }: Pick<PageOptions, 'isAll'> & { readonly canExplain: boolean }) {
  const page = (state: State | null) =>
    oncePerSnapshot((snapshot) =>
      renderPage(snapshot, { etag: tagOf(snapshot, 'html'), isAll, state, canExplain }),
    )
  const all = page(null)
  const byState = new Map<State | null, typeof all>(states.map((state) => [state, page(state)]))
  return {
    pageOf: (state: State | null) => byState.get(state) ?? all,
    text: oncePerSnapshot((snapshot) => Buffer.from(renderText(snapshot, { isAll }))),
  }
}
