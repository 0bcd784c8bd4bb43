import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Cause, Evidence } from '#agent/cluster/why/answer.ts'
import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'
import { hostSideOf } from '#agent/cluster/why/host-sides.ts'
import { needOfProgram, onHost, programIn } from './host-programs.ts'
import { lacks } from '#agent/cluster/why/lacks.ts'
import { noCause } from '#agent/cluster/why/no-cause.ts'
import { checkSaying, saidOfNeed } from '#agent/cluster/why/said-of-need.ts'

/** What a container cannot be started with: a program of its image, or one of the host that a mount shows it. */
export function refusedProgram(
  failing: Failing,
  node: NodeStatus | null,
  { catalog }: { readonly catalog: ReadonlyMap<string, Check> },
): Cause | null {
  const { container, way, end } = failing
  if (way !== 'refused') return null
  const text = end?.message || container.waiting?.message || ''
  const program = programIn(text)
  if (program === null) return null
  const evidence: Evidence[] = [{ from: 'status', container: container.name, text: plainLine(text) }]
  const path = onHost(program, container)
  if (path === null)
    return {
      ...noCause,
      verdict: 'not the host',
      says: `its image has no ${plainLine(program)}, which it is to run`,
      next: 'correct the command in the pod, or take the image that has it',
      evidence,
    }
  const meant = needOfProgram(path, catalog)
  const said = meant === null ? null : saidOfNeed(node, meant, catalog)
  const check = (meant && checkSaying(node, meant, catalog)?.name) ?? meant?.check ?? null
  const side = hostSideOf(node, check)
  const isMissing = said?.state === 'missing'
  return {
    ...noCause,
    verdict: isMissing ? 'confirmed' : 'likely',
    check,
    title: catalog.get(check ?? '')?.title ?? null,
    need: meant?.need ?? null,
    says: isMissing
      ? lacks(node, check, meant?.need ?? null)
      : `the node has no ${plainLine(path)}, which the container runs by its mount of the host`,
    next: isMissing ? null : 'install what brings it; no check that is published there says what',
    evidence,
    hosts: side === null ? [] : [side],
  }
}
