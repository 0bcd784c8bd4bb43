import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node } from '@kubernetes/client-node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { untilStatus } from '../hosts/cli.ts'
import { applyPatch, mergePatch } from './plane/api-client.ts'
import { flag, useFlaggedNode } from './plane/flagged-node.ts'
import { until } from './plane/test-node.ts'

/** What goes wrong between a server and a real API server; they speak through a proxy that can make storms. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('publishing goes on', () => {
  const on = useFlaggedNode()
  const patch = (type: string, body: object) => {
    const { cluster, node } = on()
    return cluster.call<V1Node>({ method: 'PATCH', path: `/api/v1/nodes/${node.name}`, type, body })
  }

  test('a server that is killed and started again: no event, the same times, no false recovery', async () => {
    const { node, agent, condition } = on()
    await until(
      () => node.events(),
      (events) => events.length === 1,
    )
    const before = [await condition(), await node.condition('hostdeps.dev/OtherReady')]
    const version = async () =>
      (await node.read()).metadata?.managedFields?.find(({ manager }) => manager === 'hostdeps')?.time
    const written = await version()
    await agent.server.end('SIGKILL')
    agent.startServer()
    await until(
      async () => agent.server.said(),
      (said) => said.includes('rounds arrive') || said.includes('serving'),
    )
    await untilStatus(`${agent.url}/readyz`, 200)
    await sleep(6_000)
    expect([await condition(), await node.condition('hostdeps.dev/OtherReady')]).toEqual(before)
    expect(await version()).toBe(written)
    expect(await node.events()).toHaveLength(1)
  })

  test('a label that is removed by hand comes back', async () => {
    const { labelIs } = on()
    const { metadata } = await patch(mergePatch, { metadata: { labels: { [flag]: null } } })
    expect(metadata?.labels?.[flag]).toBeUndefined()
    await labelIs('ready')
  })

  test('a condition of ours that another client writes is restored, and those of others stay', async () => {
    const { cluster, node, condition } = on()
    const foreign = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: node.name, labels: { 'example.com/mine': 'yes' } },
      status: {
        conditions: [
          { type: 'hostdeps.dev/FlagReady', status: 'False', reason: 'Foreign', message: 'mine now' },
          { type: 'example.com/Foreign', status: 'True', reason: 'Foreign', message: 'mine' },
        ],
      },
    }
    const path = `/api/v1/nodes/${node.name}/status?fieldManager=another&force=true`
    const { status } = await cluster.call<V1Node>({ method: 'PATCH', path, type: applyPatch, body: foreign })
    expect(status?.conditions?.find(({ type }) => type === 'hostdeps.dev/FlagReady')?.reason).toBe('Foreign')
    await until(condition, (now) => now?.status === 'True')
    expect(await node.label('example.com/mine')).toBe('yes')
    expect(await node.condition('example.com/Foreign')).toMatchObject({ message: 'mine' })
  })

  test('a Node that is deleted and created again is published to again, with its events', async () => {
    const { node, labelIs } = on()
    await node.renew()
    await labelIs('ready')
    await until(
      () => node.events(),
      (events) => events.some(({ note }) => note?.startsWith('other: ')),
    )
  })

  test.each([
    { status: 429, retryAfter: 3, atMost: 5 },
    { status: 503, atMost: 6 },
    { status: 500, atMost: 6 },
  ])('a storm of $status: it backs off, recovers and loses nothing', async ({ atMost, ...storm }) => {
    const { proxy, node, agent, flags, labelIs } = on()
    await labelIs('ready')
    proxy.hits.length = 0
    const events = (await node.events()).length
    const start = performance.now()
    proxy.storm = storm
    onTestFinished(() => void (proxy.storm = null))
    flags.clear('flag')
    await sleep(15_000)
    const [hits, turns] = [proxy.hits.length, (performance.now() - start) / 15_000]
    // As many more as it was longer: a busy machine wakes nobody on time.
    expect(hits).toBeLessThanOrEqual(atMost * turns)
    await until(
      () => readyz(agent),
      (said) => said.startsWith('503 ') && said.includes(String(storm.status)),
    )
    proxy.storm = null
    await labelIs('missing')
    flags.set('flag')
    await labelIs('ready')
    console.log(`a storm of ${storm.status} for 15 s: ${hits} requests; ${events} events before it`)
  })

  test('an API server that is down for 60 s, with a change meanwhile', async () => {
    const { cluster, flags, labelIs } = on()
    await cluster.stopApiServer()
    flags.clear('flag')
    await sleep(60_000)
    await cluster.startApiServer()
    console.log(`published ${Math.round(await labelIs('missing'))} ms after it was back`)
    flags.set('flag')
    await labelIs('ready')
  })

  test('a check that the API server refuses leaves the others published', async () => {
    const { cluster, node, agent, labelIs } = on()
    const refusal = join(agent.folder, 'refusal.json')
    writeFileSync(refusal, JSON.stringify(refusalOf(flag)))
    await cluster.kubectl('apply', '-f', refusal)
    // It is in force, and what is there already is refused too when it is applied again.
    await until(
      () => readyz(agent),
      (said) => said.startsWith('503 ') && said.includes('flag: '),
    )
    await patch(mergePatch, { metadata: { labels: { [flag]: null, 'hostdeps.dev/other': null } } })
    await until(
      () => node.label('hostdeps.dev/other'),
      (now) => now === 'missing',
    )
    expect(await node.label(flag)).toBeUndefined()
    expect(await readyz(agent)).toMatch(/^503 .*flag: /s)
    await cluster.kubectl('delete', '-f', refusal)
    await labelIs('ready')
  })
})

/** Its status and what it says. */
async function readyz({ url }: { readonly url: string }): Promise<string> {
  const response = await fetch(`${url}/readyz`)
  return `${response.status} ${await response.text()}`
}

/** An admission policy that refuses Nodes with this label, as 422. */
function refusalOf(label: string) {
  const [apiVersion, metadata] = ['admissionregistration.k8s.io/v1', { name: 'refusal' }]
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['nodes/status'] }
  const expression = `!('${label}' in object.metadata.labels)`
  const policy = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      matchConstraints: { resourceRules: [rule] },
      matchConditions: [
        {
          name: 'ours',
          expression: "request.userInfo.username == 'system:serviceaccount:hostdeps:hostdeps'",
        },
      ],
      validations: [{ expression, message: 'this label is not wanted', reason: 'Invalid' }],
    },
  }
  const spec = { policyName: 'refusal', validationActions: ['Deny'] }
  const binding = { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec }
  return { apiVersion: 'v1', kind: 'List', items: [policy, binding] }
}
