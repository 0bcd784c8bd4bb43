import { abandonedBridges, removeBridge } from '../cluster/nodes/network.ts'
import { abandonedHosts, removeParts } from '../hosts/host-parts.ts'
import { sweepHungMounts } from '../hosts/hungfuse.ts'
import type { Step } from './step.ts'

/** Takes away what a test run left that was killed: only a dead owner's is touched, never that of a run beside this. */
export const sweepHosts: Step = {
  title: 'leftovers of runs that were killed',
  gives: [],
  hint: 'take them away as root',
  async run(tell) {
    if (process.platform !== 'linux') return {}
    for (const parts of abandonedHosts()) {
      tell(`taking away ${parts.name}`)
      removeParts(parts)
    }
    for (const place of sweepHungMounts()) tell(`unmounted ${place}`)
    for (const bridge of abandonedBridges()) {
      tell(`taking away the bridge ${bridge}`)
      removeBridge(bridge)
    }
    return {}
  },
}
