import type { AgentPod, ClusterNode } from '#agent/node/cluster-api.ts'
import type { State } from '#agent/model/state.ts'

export const debian = {
  distro: 'debian',
  version: '12',
  family: 'debian',
  installer: 'apt-get',
  imageBased: null,
  kernel: '6.1.0-28-amd64',
  arch: 'amd64',
  container: null,
}

export interface MadeCheck {
  readonly state: State
  readonly was?: State
  readonly needs?: readonly { readonly id: string; readonly reason: string }[]
  readonly crashes?: number
}

/** Ten o'clock; tests look at it at twelve. */
const since = '2026-11-24T10:00:00Z'
export const now = Date.parse('2026-11-24T12:00:00Z')

export const noIscsi: MadeCheck = {
  state: 'missing',
  was: 'ready',
  needs: [{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }],
}

/** A Node as an agent leaves it. */
export function madeNode(
  name: string,
  checks: Readonly<Record<string, MadeCheck>>,
  { host = debian, ...changes }: { readonly host?: object } & Partial<ClusterNode> = {},
): ClusterNode {
  const entries = Object.entries(checks).map(([check, said]) => ({ check, since, ...said }))
  return {
    name,
    uid: name,
    labels: Object.fromEntries(entries.map(({ check, state }) => [`hostdeps.dev/${check}`, state])),
    conditions: [],
    report: JSON.stringify({ v: 2, host, checks: entries, omitted: 0 }),
    ready: 'True',
    unschedulable: false,
    ...changes,
  }
}

export function agentOn(node: string, isReady = true, namespace = 'hostdeps'): AgentPod {
  return { namespace, name: `hostdeps-${node}`, node, isReady, image: 'example.com/hostdeps:1' }
}

/** What editors of a Node may put anywhere: a terminal's escapes, another direction, a shell's words. */
export const hostile = 'a\u001b[31m\u202e\u200b;reboot\n$(reboot)`reboot`'
