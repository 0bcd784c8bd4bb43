import { existsSync, readdirSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { agentBasePath, baseContainer, imageFolder, makeAgentBase } from './agent-base.ts'
import { mustBeDebianRoot } from './apt.ts'
import { contentsOf, keyOf } from './key-of.ts'
import { npmCache, npmFolder, npmSettings } from './npm.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** What the image is called in its archive. It is of no registry: a node that lacks it does not go and look. */
const imageName = 'localhost/hostdeps:test'

/** All that the image is made of. */
const texts = [
  'Dockerfile',
  '.dockerignore',
  '.npmrc',
  'package.json',
  'package-lock.json',
  'LICENSE',
  'build.ts',
  'image/warm.ts',
  'packaging/bundled-packages.ts',
  'packaging/lock.ts',
  'packaging/sbom.ts',
]
const sources = [...texts, 'agent', 'checks', 'docs/openapi.json']
/** Counted up when what is done here with the image changes. */
const edition = 2

/**
 * The agent's image, built from the Dockerfile as it is. Its base is made of debootstrap, this clone's own Node.js and this
 * machine's npm, since none can be pulled here. About three minutes at first, one when the agent changed.
 */
export const agentImage: Step = {
  title: "the agent's image",
  gives: ['HOSTDEPS_TEST_IMAGE'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    const root = agentBasePath()
    const key = keyOf([root, String(edition), process.version, process.arch, ...sources.flatMap(contentsOf)])
    const archive = join(imageFolder, `agent-${key}.tar`)
    if (!existsSync(archive)) await makeImage(archive, await makeAgentBase(tell), tell)
    tell(`${Math.round((await stat(archive)).size / 1_048_576)} MiB in ${archive}`)
    return { HOSTDEPS_TEST_IMAGE: archive }
  },
}

/** In a store of its own, which is away when it is done: each image in it is a whole copy (vfs needs nothing). */
async function makeImage(archive: string, root: string, tell: (progress: string) => void): Promise<void> {
  const part = join(imageFolder, `part-${process.pid}`)
  const store = ['--root', join(part, 'store'), '--runroot', join(part, 'run'), '--storage-driver', 'vfs']
  const buildah = (...argv: string[]) => execa('buildah', [...store, ...argv])
  await sweepParts()
  try {
    tell('a base image of it, this Node.js and npm')
    const base = await baseContainer(buildah, { root, node: process.execPath, arch: null, work: part })
    await buildah('commit', '--quiet', '--rm', base, 'localhost/base:test')
    tell('buildah build, from the Dockerfile')
    const mounts = [
      ...npmSettings(npmFolder()).map(({ path, place }) => `--volume=${path}:${place}:ro`),
      ...npmCache().map(({ path, place }) => `--volume=${path}:${place}`),
    ]
    const from = ['--build-arg', 'BASE=localhost/base:test', ...mounts]
    const build = ['build', '--isolation', 'chroot', '--pull-never', '--tag', imageName, ...from, '.']
    // What a step of it fails with is on stderr; what apt and npm tell of themselves would bury that.
    await execa('buildah', [...store, ...build], { stdout: 'ignore' })
    await buildah('push', '--quiet', imageName, `docker-archive:${join(part, 'agent.tar')}:${imageName}`)
    for (const name of readdirSync(imageFolder).filter((entry) => /^agent-.*\.tar$/.test(entry)))
      await rm(join(imageFolder, name), { force: true })
    await rename(join(part, 'agent.tar'), archive)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

/** Those of runs that were killed on the way. */
async function sweepParts(): Promise<void> {
  for (const name of readdirSync(imageFolder)) {
    const [, owner] = /^part-(\d+)$/.exec(name) ?? []
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    await rm(join(imageFolder, name), { recursive: true, force: true })
  }
}
