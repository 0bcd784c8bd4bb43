import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { routes } from './contract/contract.ts'
import { sendTagged } from './report-routes.ts'
import { addRoute } from './server.ts'
import { fingerprint } from '#agent/render/fingerprint.ts'

/** As deep as the bundle, so that both find it. */
const file = new URL('../../docs/openapi.json', import.meta.url)

/** GET /openapi.json: the contract, as "npm run generate" wrote it. It is read when it is asked for, and takes no memory until then. */
export function addOpenapiRoute(app: FastifyInstance): void {
  addRoute(app, routes.openapi, (_asked, request, reply) => {
    const body = readFileSync(file)
    const etag = `"${fingerprint(body.toString())}"`
    sendTagged(request, reply.type('application/json; charset=utf-8'), { body, etag })
  })
}
