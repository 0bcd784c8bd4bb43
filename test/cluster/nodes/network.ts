import { execFileSync } from 'node:child_process'
import { execa } from 'execa'
import { atEnd } from '../../at-end.ts'

/** A bridge of this machine that test nodes hang on, with the control plane at its first address. */
export interface Network {
  /** Of this machine on it. */
  readonly address: string
  /** Of the pods of all nodes on it. */
  readonly pods: string
  /** Of the pods of one node. */
  podsOf(number: number): string
  /** Gives a network namespace an address on it; returns that. This machine reaches its pods through it. */
  join(namespace: string, number: number): Promise<string>
  remove(): void
}

/** Nodes of a cluster, by number from 1. */
const mostNodes = 3

const bridgeName = /^hd(\d+)$/

/** Named after this process, and in a subnet that follows from it. */
export async function makeNetwork(): Promise<Network> {
  const bridge = `hd${process.pid}`
  const subnet = `10.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`
  const address = `${subnet}.1`
  const pods = `10.${200 + (process.pid % 50)}.${Math.floor(process.pid / 50) % 250}`
  const podsOf = (number: number) => `${pods}.${64 * number}/26`
  const remove = atEnd(() => removeBridge(bridge))
  const ip = (...args: string[]) => execa('ip', args)
  try {
    await ip('link', 'add', bridge, 'type', 'bridge')
    await ip('addr', 'add', `${address}/24`, 'dev', bridge)
    await ip('link', 'set', bridge, 'up')
  } catch (error) {
    remove()
    throw error
  }
  return {
    address,
    pods: `${pods}.0/24`,
    podsOf,
    remove,
    async join(namespace, number) {
      const [outside, own] = [`${bridge}n${number}`, `${subnet}.${10 + number}`]
      const inside = (...args: string[]) => ip('-n', namespace, ...args)
      await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      await ip('link', 'set', outside, 'master', bridge, 'up')
      await inside('addr', 'add', `${own}/24`, 'dev', 'eth0')
      for (const device of ['lo', 'eth0']) await inside('link', 'set', device, 'up')
      await inside('route', 'add', 'default', 'via', address)
      if (number > 0 && number <= mostNodes)
        await ip('route', 'add', podsOf(number), 'via', own, 'dev', bridge)
      return own
    },
  }
}

/** Those of processes that are gone. */
export function abandonedBridges(): string[] {
  const links = execFileSync('ip', ['-o', 'link', 'show', 'type', 'bridge'], { encoding: 'utf8' })
  return links.split('\n').flatMap((line) => {
    const name = line.split(': ')[1] ?? ''
    const [, owner] = bridgeName.exec(name) ?? []
    return owner === undefined || isThere(Number(owner)) ? [] : [name]
  })
}

export function removeBridge(name: string): void {
  try {
    const links = execFileSync('ip', ['-o', 'link', 'show', 'master', name], { encoding: 'utf8' })
    const legs = links.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? [])
    for (const link of [...legs, name]) execFileSync('ip', ['link', 'del', link], { stdio: 'ignore' })
  } catch {
    // It is gone already.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
