import type { FastifyInstance, FastifyRequest } from 'fastify'
import { renderText } from '#agent/render/text.ts'
import { renderPage } from '#agent/http/page/page.ts'
import { pageHeaders } from '#agent/http/page/shell.ts'
import { states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { sendTagged } from './report-routes.ts'
import { accepts, addRoute } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/**
 * GET /: a page for browsers, text for curl, about what matters on this node; /?all about every check. /?state=missing is the page
 * with checks of that state alone.
 */
export function addFrontRoute(app: FastifyInstance, look: () => Snapshot): void {
  const [brief, whole] = [viewsOf(false), viewsOf(true)]
  addRoute(app, '/', (request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look()
    const etag = tagOf(snapshot)
    const { pageOf, text } = queryOf(request, 'all') === undefined ? brief : whole
    if (accepts(request, 'text/html')) {
      const body = pageOf(stateIn(request))(snapshot)
      sendTagged(request, reply.headers(pageHeaders), { body, etag })
    } else sendTagged(request, reply.type('text/plain; charset=utf-8'), { body: text(snapshot), etag })
  })
}

function viewsOf(isAll: boolean) {
  const page = (state: State | null) =>
    oncePerSnapshot((snapshot) => renderPage(snapshot, { etag: tagOf(snapshot), isAll, state }))
  const all = page(null)
  const byState = new Map<State | null, typeof all>(states.map((state) => [state, page(state)]))
  return {
    pageOf: (state: State | null) => byState.get(state) ?? all,
    text: oncePerSnapshot((snapshot) => Buffer.from(renderText(snapshot, { isAll }))),
  }
}

/** null when none is asked for, or none of ours. */
function stateIn(request: FastifyRequest): State | null {
  const asked = queryOf(request, 'state')
  return states.find((state) => state === asked) ?? null
}

function queryOf({ query }: FastifyRequest, key: string): unknown {
  return typeof query === 'object' && query !== null && Object.hasOwn(query, key)
    ? (query as Readonly<Record<string, unknown>>)[key]
    : undefined
}
