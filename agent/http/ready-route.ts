import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseDuration } from '../model/duration.ts'
import { sendProblem } from './problem.ts'
import { refusal } from './ready-answers.ts'
import type { ReadyAnswer } from './ready-answers.ts'
import { accepts, addRoute, nameOf } from './server.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** Milliseconds. */
const longestWait = 600_000
/** Each costs some 15 kB (measured), so that this many fit into the pod; a node has some hundred pods. */
const mostWaiters = 2_500

export interface ReadyOptions {
  readonly ask: (name: string) => ReadyAnswer
  readonly room: WaitingRoom
}

/** GET /ready/<name>: 200 or 503, at once or, with ?wait=, when it is ready or the time is over. */
export function addReadyRoute(app: FastifyInstance, options: ReadyOptions): void {
  const { ask, room } = options
  const full = refusal(`${mostWaiters} requests wait already; ask again, or without wait`)
  addRoute(app, '/ready/:name', (request, reply) => {
    const name = nameOf(request)
    const wait = readWait(request.query)
    if (wait === null)
      return sendProblem(reply, 400, 'wait must be a length of time from 0s to 10m, like 120s, 500ms or 2m')
    const answer = ask(name)
    if (answer.isFinal || wait === 0) return send(request, reply, answer)
    if (room.size >= mostWaiters) return send(request, reply, full)
    reply.raw.once('close', room.enter({ name, wait, tell: (now) => send(request, reply, now) }))
  })
}

/** 0 when there is none, null when it is wrong. */
function readWait(query: unknown): number | null {
  const { wait } = query as { wait?: string | string[] }
  if (wait === undefined) return 0
  const length = typeof wait === 'string' ? parseDuration(wait) : null
  return length !== null && length <= longestWait ? length : null
}

function send(request: FastifyRequest, reply: FastifyReply, answer: ReadyAnswer): void {
  const { headers, body } = accepts(request, 'json') ? answer.json : answer.text
  reply.code(answer.status).headers(headers).send(body)
}
