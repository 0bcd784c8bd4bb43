import type { ClusterEvent } from '#agent/node/pod-api.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Explained } from '#agent/cluster/why/join-answers.ts'
import { noCause } from '#agent/cluster/why/no-cause.ts'
import { plainOfEvents } from './plain-causes.ts'

/** Milliseconds for which a refusal is still news: the controllers try again, at least every few minutes. */
const lately = 10 * 60_000

/** What keeps a controller from making its pods, by the warnings about it. One answer an object. */
export function causesOfNoPods(warnings: readonly ClusterEvent[], now: number): readonly Explained[] {
  const recent = warnings.filter(({ reason, lastAt }) => reason === 'FailedCreate' && now - lastAt < lately)
  return [...Map.groupBy(recent, ({ about }) => about.uid).values()].flatMap((events) => {
    const [first] = events
    const plain = plainOfEvents(events)
    if (first === undefined || plain === null) return []
    const { about, namespace } = first
    return [
      {
        pod: {
          namespace: plainLine(namespace),
          name: plainLine(`${about.kind.toLowerCase()}/${about.name}`),
          container: null,
          node: null,
          how: 'makes no pod',
        },
        cause: {
          ...noCause,
          verdict: 'not the host',
          says: plain.says,
          next: plain.next,
          evidence: [{ from: 'event', container: null, text: plainLine(plain.text) }],
        },
        lacking: [],
      },
    ] satisfies Explained[]
  })
}
