import type { Readable } from 'node:stream'
import compress from '@fastify/compress'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What is compressed is kept until the report changes: for a page that many look at, it is done once. */
const kept = new Map<string, Buffer>()
/** Bytes of one; a page of the whole catalogue has about 30,000. */
const longestKept = 512 * 1024
const mostKept = 8

/** Bytes from which it is of use. */
const threshold = 1_024

/** Makes routes that the contract calls long compress what they send; call it before they are added. */
export async function addCompression(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    global: false,
    globalDecompression: false,
    encodings: ['gzip', 'deflate'],
    threshold,
  })
  app.addHook('onRoute', (route) => {
    if (typeof route.compress !== 'object') return
    route.onSend = [route.onSend ?? [], keep].flat()
  })
}

/** Sends what an earlier client got compressed, if it was the same and this one takes it. */
export function sendKept(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  for (const encoding of request.encodings()) {
    const body = kept.get(keyOf(request, reply, { etag, encoding }))
    if (body === undefined) continue
    reply.headers({ 'content-encoding': encoding, etag: weak(etag) }).send(body)
    return true
  }
  return false
}

/** After compression: what comes out of it is another representation, so its tag is weak (RFC 9110, 8.8.1). */
async function keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const [encoding, etag] = [reply.getHeader('content-encoding'), reply.getHeader('etag')]
  if (typeof encoding !== 'string' || typeof etag !== 'string' || etag.startsWith('W/')) return payload
  reply.header('etag', weak(etag))
  const key = keyOf(request, reply, { etag, encoding })
  if (request.method === 'HEAD') return payload
  if (Buffer.isBuffer(payload)) put(key, payload)
  else keepStream(key, payload as Readable)
  return payload
}

function keepStream(key: string, stream: Readable): void {
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size <= longestKept) chunks.push(chunk)
    else chunks.length = 0
  }
  stream.on('data', take)
  stream.once('end', () => {
    if (size <= longestKept) put(key, Buffer.concat(chunks))
  })
}

function put(key: string, body: Buffer): void {
  kept.delete(key)
  kept.set(key, body)
  const [oldest = ''] = kept.keys()
  if (kept.size > mostKept) kept.delete(oldest)
}

interface Of {
  readonly etag: string
  readonly encoding: string
}

function keyOf(request: FastifyRequest, reply: FastifyReply, { etag, encoding }: Of): string {
  // Not the address as it was written: it has many spellings, and would drive out what others asked for.
  const { routeOptions, params, query } = request
  const asked = JSON.stringify([params, query])
  return [etag, encoding, reply.getHeader('content-type'), routeOptions.url, asked].join(' ')
}

function weak(etag: string): string {
  return `W/${etag}`
}
