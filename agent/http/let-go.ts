import type { FastifyReply, FastifyRequest } from 'fastify'

/** Answers later, by the bare response, and keeps nothing of the request: neither its header nor a body that nobody reads. */
export function letGo({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  raw.rawHeaders = []
  raw.headers = {}
  raw.url = ''
  raw.resume()
}
