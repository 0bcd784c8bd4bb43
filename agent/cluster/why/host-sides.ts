import type { CheckOnNode, NodeStatus } from '#agent/cluster/node-status.ts'
import type { HostSide } from './answer.ts'

/** What a node says of a check; null when it says nothing of it. */
export function hostSideOf(node: NodeStatus | null, check: string | null): HostSide | null {
  const said = node?.checks.find(({ name }) => name === check)
  return node === null || said === undefined || said.says === null ? null : sideOf(node, said)
}

function sideOf(node: NodeStatus, { state, since, was, needs, fix }: CheckOnNode): HostSide {
  const os = [node.host?.distro, node.host?.version].filter(Boolean).join(' ')
  return {
    node: node.name,
    os: os === '' ? null : os,
    state,
    since,
    was,
    needs,
    agent: node.agent.standing,
    fix,
  }
}
