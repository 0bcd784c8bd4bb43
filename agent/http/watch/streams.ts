import type { ServerResponse } from 'node:http'
import { onceGone } from '#agent/http/clients/let-go.ts'
import { countPlaces } from '#agent/http/clients/places.ts'
import type { WatchEvent } from './event-log.ts'

/** Each costs about 15 kB (measured), as a waiting request does. A page that is open has one. */
export const streamBounds = { most: 256, mostOfOneAddress: 64 }

/** Bytes that a reader may be behind when there is more for it: then it is cut off, comes back and gets what it missed. */
const mostBehind = 64 * 1024

/** Milliseconds: from one sign of life to the next, and from one look at whether rounds still come to the next. */
const heartbeatEach = 15_000
const lookEach = 1_000
/** Milliseconds after which a stream is ended: its client comes back, and must have the right then too. */
const longestStream = 1_800_000

export interface Stream {
  readonly raw: ServerResponse
  /** null for all checks. */
  readonly only: ReadonlySet<string> | null
}

export interface Streams {
  /** Where it has none the newest is refused: were the oldest ended, all of them would come back in turn, without an end. */
  hasPlaceFor(address: string): boolean
  add(from: string, stream: Stream): void
  send(events: readonly WatchEvent[]): void
  /** Ends all. */
  close(): void
}

/** The streams that are open. While there is one, `look` is called each second. */
export function openStreams(look: () => void): Streams {
  const streams = new Set<Stream>()
  const places = countPlaces(streamBounds)
  let timers: NodeJS.Timeout[] = []
  const stop = () => {
    for (const timer of timers) clearInterval(timer)
    timers = []
  }
  const beat = () => {
    for (const { raw } of streams) write(raw, ': \n\n')
  }
  return {
    hasPlaceFor: (address) => places.has(address),
    add(from, stream) {
      const { raw } = stream
      streams.add(stream)
      const giveBack = places.take(from)
      const timer = setTimeout(() => raw.end(), longestStream)
      if (timers.length === 0) timers = [setInterval(look, lookEach), setInterval(beat, heartbeatEach)]
      onceGone(raw, () => {
        clearTimeout(timer)
        giveBack()
        streams.delete(stream)
        if (streams.size === 0) stop()
      })
    },
    send(events) {
      for (const stream of events.length === 0 ? [] : streams) sendEvents(stream, events)
    },
    close() {
      stop()
      for (const { raw } of streams) raw.end()
    },
  }
}

export function sendEvents({ raw, only }: Stream, events: readonly WatchEvent[]): void {
  const wanted = events.filter(({ check }) => check === null || only === null || only.has(check))
  write(raw, wanted.map(({ textFor }) => textFor(only)).join(''))
}

function write(raw: ServerResponse, text: string): void {
  if (text === '' || raw.writableEnded || raw.destroyed) return
  if (raw.writableLength > mostBehind) raw.destroy()
  else raw.write(text)
}
