import type { NodeStatus } from '#agent/cluster/node-status.ts'
import { plainLine } from '#agent/model/plain.ts'

/** "the node lacks iscsiadm": the same for all nodes that lack it for the same reason. */
export function lacks(node: NodeStatus | null, check: string | null, need: string | null): string {
  const said = node?.checks.find(({ name }) => name === check)
  const trouble = said?.needs.find(({ id }) => id === need) ?? said?.needs[0]
  if (trouble === undefined) return `the node lacks what ${plainLine(check ?? '')} needs`
  return `the node lacks ${nameOf(trouble.id)}`
}

/** "binary:iscsiadm" → "iscsiadm"; other kinds are said. */
function nameOf(id: string): string {
  const [kind = '', name = ''] = id.split(/:(.*)/s)
  const one = name.split('|').join(' or ')
  return kinds[kind]?.(one) ?? id
}

const kinds: Readonly<Record<string, (name: string) => string>> = {
  binary: (name) => name,
  kernelModule: (name) => `the kernel module ${name}`,
  unit: (name) => `a working unit ${name.replace(/:enabled$/, '')}`,
  package: (name) => `the package ${name}`,
  device: (name) => `the device ${name}`,
  file: (name) => `a right ${name}`,
  sysctl: (name) => `a right setting of ${name}`,
  limits: (name) => `a limit that is high enough (${name})`,
  check: (name) => `what ${name} needs`,
}
