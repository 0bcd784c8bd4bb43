import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseDuration } from '#agent/model/duration.ts'
import { commonHeaders, sendProblem } from './problem.ts'
import { refusal } from './ready-answers.ts'
import type { ReadyAnswer } from './ready-answers.ts'
import { accepts, addRoute, nameOf } from './server.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** Milliseconds. */
const longestWait = 600_000

export interface ReadyOptions {
  readonly ask: (name: string) => ReadyAnswer
  readonly room: WaitingRoom
}

/** GET /ready/<name>: 200 or 503, at once, or with ?wait= once it is ready or the time is over. */
export function addReadyRoute(app: FastifyInstance, options: ReadyOptions): void {
  const { ask, room } = options
  const full = refusal('too many requests are waiting already; ask again, or without wait')
  addRoute(app, '/ready/:name', (request, reply) => {
    const name = nameOf(request)
    const wait = readWait(request.query)
    if (wait === null)
      return sendProblem(reply, 400, 'wait must be a length of time from 0s to 10m, like 120s, 500ms or 2m')
    const answer = ask(name)
    if (answer.isFinal || wait === 0) return send(request, reply, answer)
    const from = request.ip
    if (!room.hasPlaceFor(from)) return send(request, reply, full)
    reply.raw.once('close', room.enter({ name, from, wait, tell: sendLater(request, reply) }))
  })
}

/** 0 when there is none, null when it is invalid. */
function readWait(query: unknown): number | null {
  const { wait } = query as { wait?: string | string[] }
  if (wait === undefined) return 0
  const length = typeof wait === 'string' ? parseDuration(wait) : null
  return length !== null && length <= longestWait ? length : null
}

function send(request: FastifyRequest, reply: FastifyReply, answer: ReadyAnswer): void {
  const { headers, body } = answer[formOf(request)]
  reply.code(answer.status).headers(headers).send(body)
}

/** Like {@link send}, but until then it keeps nothing of the request: neither the header nor a body that nobody reads. */
function sendLater(request: FastifyRequest, reply: FastifyReply): (answer: ReadyAnswer) => void {
  const form = formOf(request)
  const { raw } = reply
  reply.hijack()
  request.raw.rawHeaders = []
  request.raw.headers = {}
  request.raw.url = ''
  request.raw.resume()
  return (answer) => {
    const { headers, body } = answer[form]
    raw.writeHead(answer.status, { ...commonHeaders, ...headers }).end(body)
  }
}

function formOf(request: FastifyRequest): 'json' | 'text' {
  return accepts(request, 'json') ? 'json' : 'text'
}
