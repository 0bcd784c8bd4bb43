import { conditionType, labelKey } from '../model/names.ts'
import type { NodeView } from '../model/node-api.ts'
import { isReason } from '../model/reason.ts'
import type { HostSummary, ReportCheck, Round } from '../model/report.ts'
import type { Settled } from '../model/settle.ts'
import type { State } from '../model/state.ts'

/**
 * What was settled before a restart, as the Node says it: so that a check goes on from there, with no false recovery and
 * no new time. Checks that the Node says nothing of begin anew.
 */
export function restoreSettled(node: NodeView, checks: readonly string[], boot: number): Settled {
  const memory = checks.flatMap((name) => {
    const check = restoreCheck(node, name)
    const unknownFrom = check?.told.state === 'unknown' ? boot : null
    return check === null ? [] : [[name, { check, missingFrom: null, unknownFrom }] as const]
  })
  const host: HostSummary = { hostname: null, os: '', distro: null, kernel: null, arch: '' }
  const probing: Round['probing'] = { watched: 0, refused: 0, abandoned: 0 }
  const report = {
    v: 1,
    node: '',
    at: '',
    took: 0,
    host,
    probing,
    checks: memory.map(([, { check }]) => check),
  } as const
  return { report, memory: new Map(memory) }
}

const states: readonly State[] = ['ready', 'missing', 'unknown', 'not-applicable']

function restoreCheck(node: NodeView, name: string): ReportCheck | null {
  const state = states.find((one) => one === node.labels[labelKey(name)])
  const condition = node.conditions.find(({ type }) => type === conditionType(name))
  if (state === undefined || condition === undefined || !isReason(condition.reason)) return null
  const { reason, message, lastTransitionTime: since } = condition
  const said = { state, reason, message, fix: null, since }
  const told = { ...said, needs: [] }
  return {
    ...said,
    name,
    title: name,
    why: '',
    findings: [],
    published: true,
    told,
    pending: null,
    changes: 0,
  }
}
