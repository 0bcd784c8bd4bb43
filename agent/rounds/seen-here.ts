import { parseContainerLink } from '#agent/crashes/container-link.ts'
import { mostSeen } from '#agent/model/bounds.ts'
import type { Answers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import type { ListQuestion } from '#agent/model/question.ts'
import type { Seen } from '#agent/model/report.ts'

/** Names read of each folder; a node with 500 pods has some 4,000 links. */
const mostNames = 20_000

/** The kubelet makes a link there for each container that it has started; only root can. */
const containers: ListQuestion = { ask: 'list', path: '/var/log/containers', most: mostNames }

/**
 * Where a CSI driver's registrar has its socket, by the kubelet's root directory: the usual one, that of MicroK8s and that of k0s.
 * https://github.com/kubernetes-csi/node-driver-registrar https://microk8s.io/docs/configuring-services
 * https://docs.k0sproject.io/stable/storage
 */
const registries: readonly ListQuestion[] = [
  '/var/lib/kubelet',
  '/var/snap/microk8s/common/var/lib/kubelet',
  '/var/lib/k0s/kubelet',
].map((root) => ({ ask: 'list', path: `${root}/plugins_registry`, most: mostNames }))

/** What tells which workloads are on the host: two or three folders of names, and no file. */
export const signQuestions: readonly ListQuestion[] = [containers, ...registries]

/** The checks of the workloads that are on the host: those whose container was started, and those whose driver is registered. */
export function seenHere(answers: Answers, checks: Iterable<Check>): readonly Seen[] {
  const started = new Set(
    namesIn(answers, containers).flatMap((name) => parseContainerLink(name)?.container ?? []),
  )
  const registered = new Set(
    registries.flatMap((question) => namesIn(answers, question).flatMap((name) => driverOf(name) ?? [])),
  )
  const signsOf = (check: Check): Seen[] => [
    ...(check.containers.some((name) => started.has(name))
      ? [{ check: check.name, by: 'container' as const }]
      : []),
    ...(check.drivers.some((name) => registered.has(name))
      ? [{ check: check.name, by: 'driver' as const }]
      : []),
  ]
  const isCustom = ({ origin }: Check) => Number(origin === 'custom')
  return [...checks]
    .toSorted((a, b) => isCustom(a) - isCustom(b))
    .flatMap(signsOf)
    .slice(0, mostSeen)
}

/** What cannot be listed says nothing. */
function namesIn(answers: Answers, question: ListQuestion): readonly string[] {
  const answer = answers.of(question)
  return answer.fate === 'found' ? answer.value.names : []
}

/** "driver.longhorn.io-reg.sock" */
function driverOf(name: string): string | null {
  return /^(.+)-reg\.sock$/.exec(name)?.[1] ?? null
}
