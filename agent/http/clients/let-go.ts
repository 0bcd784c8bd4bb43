import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Answers later, by the bare response, and keeps nothing of the request: neither its header nor a body that nobody reads. */
export function letGo({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  raw.rawHeaders = []
  raw.headers = {}
  raw.url = ''
  raw.resume()
}

/** Calls back when the answer is over or its client has gone; at once where it went while the API server was asked about it. */
export function onceGone(raw: ServerResponse, call: () => void): void {
  if (raw.destroyed || raw.socket?.destroyed) call()
  else raw.once('close', call)
}
