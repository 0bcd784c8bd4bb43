import type { Server, ServerOptions } from 'node:https'
import type { Logger } from 'pino'
import { UnusableOption } from '#agent/http/unusable-option.ts'
import { contextOf, readPair } from './pair.ts'
import type { Pair, PairFiles } from './pair.ts'

/** Milliseconds between looks at the files. Events of the file system miss what the kubelet does by a link. */
const lookEach = 5_000

/** A certificate that is followed in its files. */
export interface Rotating {
  /** For a server that is made now. */
  readonly options: ServerOptions
  /** Gives this server each new certificate, for the connections that come then. */
  follow(server: Server): void
  stop(): void
}

/**
 * Follows a certificate and its key in their files. A new pair that cannot be used is logged once, tried again, and changes nothing:
 * the last good one stays in use. Rejects with an {@link UnusableOption} when the first cannot be used.
 */
export async function openRotating(files: PairFiles, log?: Logger): Promise<Rotating> {
  const first = await readPair(files)
  if (!first.ok) throw new UnusableOption(first.mistake)
  let pair: Pair = first.pair
  let trouble: string | null = null
  const servers = new Set<Server>()
  const look = async () => {
    const next = await readPair(files)
    const before = trouble
    trouble = next.ok ? null : next.mistake
    if (!next.ok) {
      if (trouble !== before)
        log?.error({ why: trouble }, 'the new certificate cannot be used; the last one stays in use')
      return
    }
    if (next.pair.cert === pair.cert && next.pair.key === pair.key) return
    pair = next.pair
    for (const server of servers) server.setSecureContext(contextOf(pair))
    log?.info({ validTo: pair.validTo }, 'a new certificate is in use')
  }
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    look()
      .catch((error: unknown) => log?.error({ err: error }, 'looking at the certificate failed'))
      .finally(() => (isLooking = false))
  }, lookEach)
  timer.unref()
  return {
    get options() {
      return contextOf(pair)
    },
    follow(server) {
      servers.add(server)
      server.once('close', () => servers.delete(server))
    },
    stop: () => clearInterval(timer),
  }
}
