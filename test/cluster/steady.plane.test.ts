import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { useFlaggedNode } from './plane/flagged-node.ts'
import { until } from './plane/test-node.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('in steady state', () => {
  const on = useFlaggedNode()

  test('without a change nothing is written to the Node, and little is asked', async () => {
    const { cluster, node, labelIs } = on()
    const ours = async () =>
      (await node.read()).metadata?.managedFields?.find(({ manager }) => manager === 'hostdeps')
    await labelIs('ready')
    await sleep(3_000)
    await node.stop()
    const [before, start] = [await node.read(), Date.now()]
    const field = await ours()
    const each = async () =>
      Map.groupBy(requestsOf(cluster.auditLog, start), ({ verb, resource }) => `${verb} ${resource}`)
    await sleep(45_000)
    await until(each, ({ size }) => size >= 3)
    const after = await node.read()
    expect(after.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion)
    expect(await ours()).toEqual(field)
    const [asked, seconds] = [await each(), Math.round((Date.now() - start) / 1_000)]
    for (const [what, all] of asked)
      console.log(
        `${what}: ${all.length} in ${seconds} s with reapply 10 s, ${Math.round((all.length * 3_600) / seconds)} an hour (with reapply 10 m, as it is by default, a sixtieth)`,
      )
    expect([...asked.keys()].toSorted()).toEqual([
      'dry run of create events',
      'dry run of patch nodes/status',
      'patch nodes/status',
    ])
  })
})

interface Asked {
  readonly verb: string
  readonly resource: string
}

/** What the server asked since then, from the audit log. */
function requestsOf(auditLog: string, since: number): Asked[] {
  const lines = readFileSync(auditLog, 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const { user, verb: asked, objectRef, requestURI, requestReceivedTimestamp } = JSON.parse(line)
    const isOurs = user.username === 'system:serviceaccount:hostdeps:hostdeps'
    if (!isOurs || Date.parse(requestReceivedTimestamp) < since) return []
    const { resource, subresource } = objectRef
    const verb = requestURI.includes('dryRun=All') ? `dry run of ${asked}` : asked
    return [{ verb, resource: subresource === undefined ? resource : `${resource}/${subresource}` }]
  })
}
