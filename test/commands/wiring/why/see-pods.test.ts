import { expect, test } from 'vitest'
import { seePods } from '#agent/commands/wiring/why/see-pods.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import type { LogOf, PodApi } from '#agent/node/pod-api.ts'
import { now } from '../../../cluster/made-nodes.ts'
import { crashLoop, madePod } from '../../../cluster/why/made-pods.ts'

const refused = (status: number, message: string) =>
  ({ ok: false, status, message, retryAfter: null }) as const

/** Of the API only what logs and warnings need. */
function apiWith(log: (of: LogOf) => ApiAnswer<string>) {
  const asked: LogOf[] = []
  const api: Pick<PodApi, 'log' | 'warnings'> = {
    log: async (of) => {
      asked.push(of)
      return log(of)
    },
    warnings: async () => ({ ok: true, value: [] }),
  }
  return { api: api as PodApi, asked }
}

test('of a container that waits to be started again, the previous log is read, once', async () => {
  const { api, asked } = apiWith(() => ({ ok: true, value: 'a line' }))
  const [seen] = await seePods(api, [madePod({ status: crashLoop(3) })], now)
  expect(asked.map(({ previous }) => previous)).toEqual([true])
  expect(seen?.logs).toEqual([{ from: 'log', container: 'main', text: 'a line', exitCode: 3 }])
  expect(seen?.lacking).toEqual([])
})

test('where the kubelet has no previous log, the one that is there is', async () => {
  const { api } = apiWith(({ previous }) =>
    previous ? refused(400, 'previous terminated container not found') : { ok: true, value: 'a line' },
  )
  const [seen] = await seePods(api, [madePod({ status: crashLoop(3) })], now)
  expect(seen).toMatchObject({ logs: [{ text: 'a line', exitCode: 3 }], lacking: [] })
})

test('a node whose kubelet does not answer is not waited for again and again', async () => {
  const { api, asked } = apiWith(() => refused(500, 'Get "https://10.0.0.1:10250/…": dial tcp: i/o timeout'))
  const pods = Array.from({ length: 200 }, (_, index) =>
    madePod({ name: `app-${index}`, status: crashLoop(1) }),
  )
  const seen = await seePods(api, pods, now)
  expect(asked.length).toBeLessThanOrEqual(20)
  expect(seen.at(-1)?.lacking).toEqual(['the log of main: worker-1 gives no logs'])
})

test('a right that is missing is said', async () => {
  const { api } = apiWith(() => refused(403, 'pods "app-1" is forbidden: User "jane" cannot get pods/log'))
  const [seen] = await seePods(api, [madePod({ status: crashLoop(1) })], now)
  expect(seen?.lacking).toEqual([
    'the log of main: pods "app-1" is forbidden: User "jane" cannot get pods/log',
  ])
})
