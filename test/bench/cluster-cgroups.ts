import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'

/** What the containers of the agent on a node use, by their cgroups as this machine sees them, v1 (a path a controller) or v2. */
export type Container = 'prober' | 'server'
export const containers: readonly Container[] = ['prober', 'server']

export interface Usage {
  /** Since the container's start, nanoseconds. */
  readonly cpu: number
  /** What is charged to it less what the kernel takes back first, bytes. */
  readonly memory: number
}

const commands: Readonly<Record<Container, string>> = { prober: 'probe', server: 'serve' }

export async function usageOf({ host }: KubeletNode, container: Container): Promise<Usage> {
  const { stdout } = await host.exec(['pgrep', '-of', `hostdeps ${commands[container]} `])
  const lines = readFileSync(`${host.root}/proc/${stdout.trim()}/cgroup`, 'utf8').trim().split('\n')
  return { cpu: nanoseconds(placeOf(lines, 'cpuacct')), memory: charged(placeOf(lines, 'memory')) }
}

function placeOf(lines: readonly string[], controller: string): string {
  const line = lines.find((one) => one.split(':')[1]?.split(',').includes(controller))
  const unified = lines.find((one) => one.startsWith('0::'))
  const path = (line ?? unified)?.split(':')[2] ?? ''
  return join('/sys/fs/cgroup', line === undefined ? '' : controller, path)
}

function nanoseconds(cpu: string): number {
  const v1 = join(cpu, 'cpuacct.usage')
  if (existsSync(v1)) return Number(readFileSync(v1, 'utf8'))
  return Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(cpu, 'cpu.stat'), 'utf8'))?.[1]) * 1_000
}

function charged(memory: string): number {
  const [v1, v2] = [join(memory, 'memory.usage_in_bytes'), join(memory, 'memory.current')]
  const usage = Number(readFileSync(existsSync(v1) ? v1 : v2, 'utf8'))
  const stat = readFileSync(join(memory, 'memory.stat'), 'utf8')
  const inactive = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat)
  return usage - Number(inactive?.[1])
}
