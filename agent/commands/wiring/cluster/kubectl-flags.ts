import type { ClusterFlags } from './cluster-flags.ts'

/** What makes kubectl ask the same API server as the same user. */
export function kubectlFlags({ kubeconfig, context, as, asGroup }: ClusterFlags): readonly string[] {
  const single = { kubeconfig, context, as }
  return [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...asGroup.map((group) => `--as-group=${group}`),
  ]
}
