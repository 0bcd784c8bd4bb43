import type { FastifyInstance } from 'fastify'
import { routes } from './contract/contract.ts'
import { sendUnavailable } from './problem.ts'
import { addRoute } from './server.ts'
import { unreadiness } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** GET /healthz: this process answers. GET /readyz: its report is fresh and on the Node too; why not is told in brief to strangers. */
export function addHealthRoutes(
  app: FastifyInstance,
  look: () => Snapshot,
  { isBrief }: { readonly isBrief: boolean },
): void {
  addRoute(
    app,
    routes.healthz,
    (_asked, _request, reply) => void reply.type('text/plain; charset=utf-8').send('ok\n'),
  )
  addRoute(app, routes.readyz, (_asked, _request, reply) => {
    const why = unreadiness(look(), { isBrief })
    if (why === null) reply.type('text/plain; charset=utf-8').send('ready\n')
    else sendUnavailable(reply, why)
  })
}
