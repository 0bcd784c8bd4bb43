import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { clusterBlock } from './cluster-block.ts'

/** The README's block for a cluster, run by a shell with programs that only write down how they are called. */
const root = resolve(import.meta.dirname, '..')

const tag = 'v0.1.0-3-g1234567'
/** Lines of shell by the name of a program. */
const programs = { git: `echo ${tag}`, docker: '', podman: '', kubectl: '' }
const REGISTRY = 'registry.example.com/team'
/** What people paste into, and what is least. */
const shells = ['/bin/bash', '/bin/sh'].filter((shell) => existsSync(shell))

interface Clone {
  readonly folder: string
  readonly mine: string
  paste(shell: string, env: Readonly<Record<string, string>>): Promise<Pasted>
}

interface Pasted {
  readonly exitCode: number | undefined
  readonly stderr: string
  readonly calls: readonly string[]
}

/** As far as the block looks at one. */
function makeClone(fakes: Readonly<Record<string, string>> = {}): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-paste-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(root, 'manifests'), join(folder, 'manifests'))
  const log = join(folder, 'calls')
  for (const [name, line] of Object.entries({ ...programs, ...fakes })) {
    const text = `#!/bin/sh\necho "${name} $*" >> ${log}\n${line}\n`
    writeFileSync(join(folder, name), text, { mode: 0o755 })
  }
  return {
    folder,
    mine: join(folder, 'my-cluster/kustomization.yaml'),
    async paste(shell, env) {
      writeFileSync(log, '')
      const path = `${folder}:/usr/bin:/bin`
      const options = { cwd: folder, input: clusterBlock, extendEnv: false, reject: false } as const
      const { exitCode, stderr } = await execa(shell, { ...options, env: { ...env, PATH: path } })
      return { exitCode, stderr, calls: readFileSync(log, 'utf8').trim().split('\n') }
    },
  }
}

function imagesIn({ folder }: Clone): unknown {
  return parse(readFileSync(join(folder, 'my-cluster/image/kustomization.yaml'), 'utf8')).images
}

test.each(shells)('%s: it builds, pushes, applies, waits and shows the labels', async (shell) => {
  const clone = makeClone()
  const { exitCode, stderr, calls } = await clone.paste(shell, { REGISTRY })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(calls).toEqual([
    'git describe --always',
    `docker build -t ${REGISTRY}/hostdeps:${tag} .`,
    `docker push ${REGISTRY}/hostdeps:${tag}`,
    'kubectl apply -k my-cluster',
    'kubectl -n hostdeps rollout status daemonset/hostdeps --timeout=5m',
    'kubectl get nodes -L hostdeps.dev/open-iscsi,hostdeps.dev/nfs-client',
  ])
  expect(imagesIn(clone)).toEqual([
    { name: 'ghcr.io/hostdeps/hostdeps', newName: `${REGISTRY}/hostdeps`, newTag: tag },
  ])
  expect(readFileSync(clone.mine, 'utf8')).toBe(readFileSync(join(root, 'manifests/my-cluster.yaml'), 'utf8'))
})

test('pasted again it takes the new image, and leaves what is yours', async () => {
  const clone = makeClone()
  await clone.paste('/bin/sh', { REGISTRY })
  appendFileSync(clone.mine, '# mine\n')
  // Digits alone are a number to YAML, which kustomize refuses.
  writeFileSync(join(clone.folder, 'git'), '#!/bin/sh\necho 1234567\n')
  const { exitCode } = await clone.paste('/bin/sh', { REGISTRY })
  expect(exitCode).toBe(0)
  expect(readFileSync(clone.mine, 'utf8')).toMatch(/# mine\n$/)
  expect(imagesIn(clone)).toEqual([expect.objectContaining({ newTag: '1234567' })])
})

test('the image that it replaces is the one of both containers', () => {
  const { spec } = parse(readFileSync(join(root, 'manifests/base/daemon-set.yaml'), 'utf8'))
  const images = spec.template.spec.containers.map(({ image }: { image: string }) => image.split(':')[0])
  expect(images).toEqual(['ghcr.io/hostdeps/hostdeps', 'ghcr.io/hostdeps/hostdeps'])
})

test('BUILDER names another builder', async () => {
  const { calls } = await makeClone().paste('/bin/sh', { REGISTRY, BUILDER: 'podman' })
  expect(calls.slice(1, 3)).toEqual([
    `podman build -t ${REGISTRY}/hostdeps:${tag} .`,
    `podman push ${REGISTRY}/hostdeps:${tag}`,
  ])
})

test.each(shells)('%s: without REGISTRY it says so, and touches nothing', async (shell) => {
  const { exitCode, stderr, calls } = await makeClone().paste(shell, {})
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('set it to a registry that your nodes can pull from')
  expect(calls).toEqual(['git describe --always'])
})

test.each(['git', 'docker'])('where %s fails nothing is applied', async (program) => {
  const { exitCode, calls } = await makeClone({ [program]: 'exit 1' }).paste('/bin/sh', { REGISTRY })
  expect(exitCode).not.toBe(0)
  expect(calls.filter((call) => call.startsWith('kubectl'))).toEqual([])
})
