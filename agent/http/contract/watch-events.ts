import * as z from 'zod'
import { name, reason, shapes, state, time } from './answers.ts'

/** The data of the events of /v1/watch, by their type. */
export const watchEvents = {
  snapshot: z
    .object({
      node: z.string().nullable(),
      at: time.nullable(),
      stale: z.string().nullable(),
      checks: z.record(z.string(), state),
    })
    .describe('Where everything stands: at first, and when there are other checks.')
    .register(shapes, { id: 'WatchSnapshot' }),
  check: z
    .object({
      name,
      state,
      was: state,
      reason,
      message: z.string(),
      since: time,
      pending: state.nullable().describe('The state that it may turn to; another round decides.'),
    })
    .describe('A check says something else.')
    .register(shapes, { id: 'WatchCheck' }),
  round: z
    .object({ at: time, took: z.number() })
    .describe('A round has ended.')
    .register(shapes, { id: 'WatchRound' }),
  stale: z
    .object({ stale: z.string().nullable() })
    .describe('Why no round can be trusted any more; until it is null, every check is unknown.')
    .register(shapes, { id: 'WatchStale' }),
}
