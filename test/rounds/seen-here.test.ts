import { expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { mostSeen } from '#agent/model/bounds.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import type { Answer, FolderNames } from '#agent/model/question.ts'
import { seenHere, signQuestions } from '#agent/rounds/seen-here.ts'

const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
const id = '0123456789abcdef'.repeat(4)
const link = (container: string, pod = 'pod-1') => `${pod}_some-namespace_${container}-${id}.log`

test.each([
  ['a container', { containers: [link('longhorn-manager')] }, [['longhorn', 'container']]],
  ['one of a pod with dots', { containers: [link('cilium-agent', 'a.b-1')] }, [['cilium', 'container']]],
  ['a driver', { kubelet: ['driver.longhorn.io-reg.sock'] }, [['longhorn', 'driver']]],
  ['a driver of MicroK8s', { microk8s: ['nfs.csi.k8s.io-reg.sock'] }, [['csi-driver-nfs', 'driver']]],
  [
    'both',
    { containers: [link('longhorn-manager')], kubelet: ['driver.longhorn.io-reg.sock'] },
    [
      ['longhorn', 'container'],
      ['longhorn', 'driver'],
    ],
  ],
  ['a container that only begins like it', { containers: [link('longhorn-manager-x')] }, []],
  ['a pod of that name', { containers: [link('c', 'longhorn-manager')] }, []],
  ['a file that is no link of the kubelet', { containers: ['longhorn-manager', 'longhorn-manager.log'] }, []],
  ['a socket of another plugin', { kubelet: ['driver.longhorn.io.sock', 'gpu.example-reg.sock'] }, []],
  ['hostile names', { containers: ['\u0000', '__', link('__proto__'), '\udfff-reg.sock'] }, []],
] as const)('%s', (_, names, expected) => {
  expect(seenHere(answering(names), catalog.values()).map(({ check, by }) => [check, by])).toEqual(expected)
})

test('what cannot be listed says nothing', () => {
  const fates = ['absent', 'denied', 'timed-out', 'failed'] as const
  for (const fate of fates) {
    const answers = collectAnswers(signQuestions.map((question) => [question, { fate, detail: 'no' }]))
    expect(seenHere(answers, catalog.values())).toEqual([])
  }
})

test('a name claims that the workload is here: none is shared or general', () => {
  const general =
    /^(driver|manager|agent|node|plugin|controller|main|server|app|proxy|csi-[a-z]+|liveness-probe|node-driver-registrar)$/
  for (const key of ['containers', 'drivers'] as const) {
    const names = [...catalog.values()].flatMap((check) => check[key])
    expect(names.length).toBeGreaterThan(10)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => general.test(name))).toEqual([])
  }
})

test('however many custom checks claim a container, a round has room for those that we ship', () => {
  const shipped = catalog.get('longhorn')
  if (shipped === undefined) throw new Error('there is no longhorn')
  const custom = (index: number): Check => ({ ...shipped, name: `custom-${index}`, origin: 'custom' })
  const many = [...Array.from({ length: mostSeen + 5 }, (_, index) => custom(index)), shipped]
  const seen = seenHere(answering({ containers: [link('longhorn-manager')] }), many)
  expect([seen.length, seen[0]?.check]).toEqual([mostSeen, 'longhorn'])
})

interface Names {
  readonly containers?: readonly string[]
  readonly kubelet?: readonly string[]
  readonly microk8s?: readonly string[]
}

function answering({ containers = [], kubelet = [], microk8s = [] }: Names) {
  const lists = [containers, kubelet, microk8s, []]
  return collectAnswers(
    signQuestions.map((question, index) => {
      const answer: Answer<FolderNames> = { fate: 'found', value: { names: lists[index] ?? [] } }
      return [question, answer]
    }),
  )
}
