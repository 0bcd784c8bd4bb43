import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WhyAnswer } from '#agent/cluster/why/answer.ts'
import { failures, failuresHash } from './nodes/failures.ts'
import type { Failure } from './nodes/failures.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

const tableFile = process.env['FAILURES_TABLE']
const tried = failures.filter(({ isAlways }) => isAlways || tableFile !== undefined)

/** Real failures on a node without open-iscsi and nfs-common, half of them not the host's. */
describe.skipIf(!hasRealCluster)('why, on real kubelets,', () => {
  let on: RealCluster
  const found = new Map<string, WhyAnswer | undefined>()
  beforeAll(async () => {
    on = await startRealCluster()
    const [{ host }] = on.nodes
    await on.install()
    for (const { before } of tried) await before?.(host)
    await on.cluster.kubectl('create', 'namespace', 'full')
    await until(
      () => Promise.all([on.labelOf('worker-1', 'open-iscsi'), on.labelOf('worker-1', 'nfs-client')]),
      (labels) => labels.every((label) => label === 'missing'),
    )
    const file = join(on.cluster.folder, 'failures.json')
    const items = tried.flatMap(({ objects }) => objects)
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    await on.cluster.kubectl('apply', '-f', file)
  })
  afterAll(async () => {
    if (tableFile !== undefined && found.size === failures.length) writeFileSync(tableFile, tableOf(found))
    await on?.stop()
  })

  const why = async (...args: string[]): Promise<readonly WhyAnswer[]> => {
    const kubeConfig = on.cluster.kubeConfig(on.cluster.admin.token)
    const argv = [main, 'why', ...args, '-o', 'json', '--kubeconfig', kubeConfig]
    const { stdout, stderr } = await execa(process.execPath, argv, { reject: false })
    if (!stdout.startsWith('{')) throw new Error(`why ${args.join(' ')}: ${stdout}${stderr}`)
    return (JSON.parse(stdout) as { answers: readonly WhyAnswer[] }).answers
  }
  const argsOf = ({ name }: Failure) => (name === 'quota' ? ['deploy/quota', '-n', 'full'] : [`pod/${name}`])

  test.each(tried)('tells of $what', async (failure) => {
    const { name, verdicts, check, says } = failure
    const isRight = (answer: WhyAnswer | undefined) =>
      answer !== undefined && verdicts.includes(answer.verdict) && says.test(answer.says)
    // The kubelet needs a while to fail; until then, no answer may accuse the host wrongly.
    const took = await until(async () => {
      const [answer] = await why(...argsOf(failure))
      if (answer?.says !== found.get(name)?.says) console.log(`${name}: ${answer?.verdict}: ${answer?.says}`)
      found.set(name, answer)
      if (!failure.isHost) expect(answer?.hosts ?? []).toEqual([])
      return answer
    }, isRight)
    console.log(`${name}: right after ${Math.round(took)} ms`)
    if (check !== null) expect(found.get(name)?.check).toBe(check)
  })
})

function tableOf(found: ReadonlyMap<string, WhyAnswer | undefined>): string {
  const rows = failures.map(({ name, what, isHost }) => {
    const { verdict, check, says } = found.get(name) ?? {}
    return `| ${what} | ${isHost ? 'the host' : 'something else'} | ${verdict ?? 'no answer'}${check ? `: ${check}` : ''} | ${says?.replaceAll('|', '/') ?? ''} |\n`
  })
  return `# What why says of twenty failures

<!-- inputs: ${failuresHash()} -->

Made on real kubelets by \`npm run test:long -- failures\`. Half of them are not the host's; accusing it there would be wrong.

| what was made to fail | whose fault | verdict | why says |
|---|---|---|---|
${rows.join('')}`
}
