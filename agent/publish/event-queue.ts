import type { Logger } from 'pino'
import type { Clock } from '#agent/model/host.ts'
import type { ApiRefusal, NodeApi, NodeEvent } from '#agent/node/node-api.ts'
import { waitAfter } from './backoff.ts'

export interface QueueOptions {
  readonly api: NodeApi
  readonly clock: Clock
  readonly log: Logger
}

/** Most events that wait while the API server accepts none. */
const longest = 256

/**
 * Sends events one after the other. An event that the API server does not accept now is tried again; one that it refuses for good
 * is logged and dropped. When too many wait, the oldest is dropped, but not one that is being sent.
 */
export function createEventQueue({ api, clock, log }: QueueOptions) {
  const queue: NodeEvent[] = []
  const counts = { sent: 0, dropped: 0 }
  let failures = 0
  let isBusy = false
  let cancel = () => {}

  const letGo = () => {
    counts.dropped += queue.splice(0, queue.length - longest).length
  }

  const send = async () => {
    if (isBusy) return
    isBusy = true
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const answer = await api.createEvent(event)
      if (!answer.ok && mayPass(answer)) {
        failures++
        queue.unshift(event)
        letGo()
        cancel = clock.after(waitAfter(failures, answer), () => void send())
        break
      }
      failures = 0
      if (answer.ok) counts.sent++
      else log.warn({ note: event.note, why: answer.message }, 'an event could not be created')
    }
    isBusy = false
  }

  return {
    add(event: NodeEvent): void {
      queue.push(event)
      letGo()
      if (failures === 0) void send()
    },
    counts: () => counts,
    stop: () => cancel(),
  }
}

function mayPass({ status }: ApiRefusal): boolean {
  return status === null || status === 401 || status === 429 || status >= 500
}
