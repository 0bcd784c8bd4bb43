import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { viewCheck } from '#agent/model/check-view.ts'
import type { History } from '#agent/model/history.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { wantedBy } from '#agent/model/wanted-by.ts'
import { renderCheckPage } from '#agent/http/page/check-page.ts'
import { pageHeaders } from '#agent/http/page/shell.ts'
import { renderNotYetPage, renderUnknownPage } from '#agent/http/page/unknown-page.ts'
import { renderCheckView } from '#agent/render/check-view-text.ts'
import { routes } from './contract/contract.ts'
import { retryAfter } from './problem.ts'
import { sendNotYet, sendTagged } from './report-routes.ts'
import { addRoute, prefer } from './server.ts'
import { oncePerSnapshot, tagOf } from './take-snapshot.ts'
import { nearChecks, sendUnknownCheck } from './unknown-check.ts'

export interface CheckRouteOptions {
  readonly look: (request: FastifyRequest) => Snapshot
  readonly history: (check: string) => History
  /** The version of hostdeps. */
  readonly version: string
}

/** GET /checks/<name>: one check with all that is around it; a page for browsers, text for curl. */
export function addCheckRoute(app: FastifyInstance, { look, history, version }: CheckRouteOptions): void {
  const wantedIn = oncePerSnapshot(({ report }) => wantedBy(report?.checks ?? []))
  addRoute(app, routes.checkPage, ({ params: { name } }, request, reply) => {
    reply.header('vary', 'accept')
    const snapshot = look(request)
    const { report, crashes } = snapshot
    const isBrowser = prefer(request, ['text/plain', 'text/html']) === 'text/html'
    if (report === null)
      return isBrowser
        ? sendPage(reply.header('retry-after', retryAfter), 503, renderNotYetPage(name))
        : sendNotYet(reply)
    const check = report.checks.find((one) => one.name === name)
    if (check === undefined)
      return isBrowser
        ? sendPage(reply, 404, renderUnknownPage(nearChecks(name, report), report.node))
        : sendUnknownCheck(reply, name, report)
    const around = { report, crashes, wanted: wantedIn(snapshot), history: history(name) }
    const view = () => viewCheck(check, around)
    const etag = tagOf(snapshot, isBrowser ? 'html' : 'text')
    if (isBrowser) {
      const body = lazily(() => renderCheckPage(snapshot, view(), { etag, version }))
      sendTagged(request, reply.headers(pageHeaders), { body, etag })
    } else {
      const body = lazily(() => [renderCheckView(snapshot, view())])
      sendTagged(request, reply.type('text/plain; charset=utf-8'), { body, etag })
    }
  })
}

function sendPage(reply: FastifyReply, status: 404 | 503, page: string): void {
  void reply.code(status).headers(pageHeaders).send(page)
}

/** Made for those alone who have not got it yet, when they read it: a check may be a million characters. */
function lazily(make: () => Iterable<string>): () => Iterable<string> {
  return function* () {
    yield* make()
  }
}
