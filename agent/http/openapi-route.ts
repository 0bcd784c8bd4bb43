import type { FastifyInstance } from 'fastify'
import { readShippedFile } from '#agent/shipped/shipped-files.ts'
import { routes } from './contract/contract.ts'
import { sendTagged, tagged } from './report-routes.ts'
import { addRoute } from './server.ts'

/** GET /openapi.json: the contract, as "npm run generate" wrote it. It is read when it is asked for, and takes no memory until then. */
export function addOpenapiRoute(app: FastifyInstance): void {
  addRoute(app, routes.openapi, (_asked, request, reply) => {
    const text = readShippedFile('docs/openapi.json')
    sendTagged(request, reply.type('application/json; charset=utf-8'), tagged(text))
  })
}
