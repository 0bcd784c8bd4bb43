import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { routes } from './contract/contract.ts'
import { sendTagged, tagged } from './report-routes.ts'
import { addRoute } from './server.ts'

/** As deep as the bundle, so that both find it. */
const file = new URL('../../docs/openapi.json', import.meta.url)

/** GET /openapi.json: the contract, as "npm run generate" wrote it. It is read when it is asked for, and takes no memory until then. */
export function addOpenapiRoute(app: FastifyInstance): void {
  addRoute(app, routes.openapi, (_asked, request, reply) => {
    sendTagged(request, reply.type('application/json; charset=utf-8'), tagged(readFileSync(file, 'utf8')))
  })
}
