import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { routes } from '#agent/http/contract/contract.ts'
import { letGo, onceGone } from '#agent/http/clients/let-go.ts'
import { refusal } from './ready-answers.ts'
import type { ReadyAnswer } from './ready-answers.ts'
import { addRoute, prefer } from '#agent/http/server.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface ReadyOptions {
  readonly ask: (name: string) => ReadyAnswer
  readonly room: WaitingRoom
}

/** GET /ready/<name>: 200 or 503, at once, or with ?wait= once it is ready or the time is over. */
export function addReadyRoute(app: FastifyInstance, options: ReadyOptions): void {
  const { ask, room } = options
  const full = refusal('too many requests are waiting already; ask again, or without wait')
  addRoute(app, routes.ready, ({ params: { name }, query: { wait } }, request, reply) => {
    const answer = ask(name)
    if (answer.isFinal || wait === 0) return send(request, reply, answer)
    const from = request.ip
    if (!room.hasPlaceFor(from)) return send(request, reply, full)
    onceGone(reply.raw, room.enter({ name, from, wait, tell: sendLater(request, reply) }))
  })
}

/** By the bare response: everything of the answer is made already. */
function send(request: FastifyRequest, reply: FastifyReply, answer: ReadyAnswer): void {
  reply.hijack()
  write(reply.raw, answer, formOf(request))
}

function write(raw: ServerResponse, answer: ReadyAnswer, form: 'json' | 'text'): void {
  const { headers, body } = answer[form]
  raw.writeHead(answer.status, headers as string[]).end(body)
}

/** Like {@link send}, but later. */
function sendLater(request: FastifyRequest, reply: FastifyReply): (answer: ReadyAnswer) => void {
  const form = formOf(request)
  const { raw } = reply
  letGo(request, reply)
  return (answer) => write(raw, answer, form)
}

function formOf(request: FastifyRequest): 'json' | 'text' {
  return prefer(request, ['text/plain', 'application/json', 'application/problem+json']) === 'text/plain'
    ? 'text'
    : 'json'
}
