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
  const words = kindWords[kind]
  return words === undefined ? id : `${words}${name}`
}

const kindWords: Readonly<Record<string, string>> = {
  binary: '',
  kernelModule: 'the kernel module ',
  unit: 'a working unit ',
  package: 'the package ',
  device: 'the device ',
  file: 'a right ',
  sysctl: 'a right setting of ',
  check: 'what it includes: ',
}
