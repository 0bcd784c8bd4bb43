import { agentImage } from './agent-image.ts'
import { ansible } from './ansible.ts'
import { debianReleases } from './debian-releases.ts'
import { fixPackages } from './fix-packages.ts'
import { foreignKinds } from './foreign-kinds.ts'
import { helm } from './helm.ts'
import { hostRoot } from './host-root.ts'
import { ignition } from './ignition.ts'
import { inotifyInstances } from './inotify-instances.ts'
import { junitparser } from './junitparser.ts'
import { kernelTrees } from './kernel-trees.ts'
import { kubernetesPrograms } from './kubernetes-programs.ts'
import { nagios } from './nagios.ts'
import { nodeExporter } from './node-exporter.ts'
import { openapiTypescript } from './openapi-typescript.ts'
import { podImage } from './pod-image.ts'
import { promtool } from './promtool.ts'
import { release } from './release.ts'
import { releaseTools } from './release-tools.ts'
import { checkov } from './checkov.ts'
import { hadolint } from './hadolint.ts'
import { schemathesis } from './schemathesis.ts'
import type { Step } from './step.ts'
import { sweepHosts } from './sweep-hosts.ts'
import { systemPackages } from './system-packages.ts'
import { vmImage } from './vm-image.ts'

/** All that can be set up. A step runs after what it needs. */
export const steps: readonly Step[] = [
  systemPackages,
  sweepHosts,
  inotifyInstances,
  kubernetesPrograms,
  helm,
  hostRoot,
  debianReleases,
  kernelTrees,
  vmImage,
  fixPackages,
  podImage,
  agentImage,
  foreignKinds,
  promtool,
  ignition,
  ansible,
  schemathesis,
  openapiTypescript,
  junitparser,
  nagios,
  nodeExporter,
  release,
  releaseTools,
  checkov,
  hadolint,
]

/** These, and before each what it needs itself; in the order above. */
export function withNeeds(wanted: Iterable<Step>): Step[] {
  const all = new Set<Step>()
  const add = (step: Step) => {
    all.add(step)
    step.needs?.forEach(add)
  }
  for (const step of wanted) add(step)
  return steps.filter((step) => all.has(step))
}
