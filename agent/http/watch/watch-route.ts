import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ReportSource } from '#agent/model/report.ts'
import { routes } from '#agent/http/contract/contract.ts'
import { letGo } from '#agent/http/clients/let-go.ts'
import { commonHeaders, sendUnavailable } from '#agent/http/problem.ts'
import { addRoute } from '#agent/http/server.ts'
import { sendUnknownCheck } from '#agent/http/unknown-check.ts'
import { createEventLog } from './event-log.ts'
import { openStreams, sendEvents } from './streams.ts'
import type { Stream } from './streams.ts'

/** Milliseconds after which a client comes back. */
const retry = 2_000

const headers = { ...commonHeaders, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } as const

/** GET /v1/watch: a stream of what changes, from where the client last was. */
export function addWatchRoute(
  app: FastifyInstance,
  source: Pick<ReportSource, 'current' | 'stale' | 'subscribe'>,
): void {
  const log = createEventLog()
  const look = () => streams.send(log.look(source.current(), source.stale()))
  const streams = openStreams(look)
  const unsubscribe = source.subscribe(look)
  app.addHook('preClose', (done) => {
    unsubscribe()
    streams.close()
    done()
  })
  addRoute(app, routes.watch, ({ query: { check = [] } }, request, reply) => {
    const names = [check].flat()
    const report = source.current()
    const strange = names.find((name) => report?.checks.every((check) => check.name !== name))
    if (report !== null && strange !== undefined) return sendUnknownCheck(reply, strange, report)
    const { ip } = request
    if (!streams.hasPlaceFor(ip)) return sendUnavailable(reply, 'too many streams are open already')
    look()
    const missed = log.after(String(request.headers['last-event-id']))
    const stream = openStream(names, request, reply)
    if (stream === null) return undefined
    sendEvents(stream, missed ?? [log.snapshot()])
    return streams.add(ip, stream)
  })
}

/** null for HEAD, which gets the headers alone. */
function openStream(names: readonly string[], request: FastifyRequest, reply: FastifyReply): Stream | null {
  const { raw } = reply
  const isHead = request.method === 'HEAD'
  letGo(request, reply)
  raw.writeHead(200, headers)
  if (isHead) raw.end()
  else raw.write(`retry: ${retry}\n\n`)
  return isHead ? null : { raw, only: names.length === 0 ? null : new Set(names) }
}
