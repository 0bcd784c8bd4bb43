import { startRealCluster } from '../cluster/nodes/real-cluster.ts'
import type { RealCluster } from '../cluster/nodes/real-cluster.ts'
import { until } from '../cluster/plane/test-node.ts'
import { agentImage } from '../setup/agent-image.ts'
import { hostRoot } from '../setup/host-root.ts'
import { kubernetesPrograms } from '../setup/kubernetes-programs.ts'
import { podImage } from '../setup/pod-image.ts'
import { sweepHosts } from '../setup/sweep-hosts.ts'
import { systemPackages } from '../setup/system-packages.ts'

/** Two real nodes whose agents have labelled them, for as long as the work takes; sets up what they need. */
export async function withLabelledCluster(work: (on: RealCluster) => Promise<void>): Promise<void> {
  for (const step of [systemPackages, sweepHosts, hostRoot, podImage, agentImage, kubernetesPrograms])
    Object.assign(process.env, await step.run((words) => console.log(`${step.title}: ${words}`)))
  const on = await startRealCluster()
  try {
    await on.install()
    await until(
      () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi'))),
      (all) => all.every(Boolean),
    )
    await work(on)
  } finally {
    await on.stop()
  }
}
