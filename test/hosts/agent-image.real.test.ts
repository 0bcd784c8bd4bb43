import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../build.ts'

const archive = process.env['HOSTDEPS_TEST_IMAGE']

/** What the image is, looked at and run without a cluster: its layers unpacked, and the root read-only as in the pod. */
describe.skipIf(archive === undefined)("the agent's image", () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-image-'))
  const root = join(folder, 'root')
  let config: { User: string; Env: string[]; Entrypoint: string[]; Labels: Record<string, string> }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeAll(async () => {
    await execa('tar', ['-xf', archive ?? '', '-C', folder])
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
    const [image] = read('manifest.json')
    config = read(image.Config).config
    mkdirSync(root)
    for (const layer of image.Layers) await execa('tar', ['-xf', join(folder, layer), '-C', root])
  })

  /** As the entry point is called, with these arguments, by this user; Node.js tells what it does with its cache. */
  const run = (uid: number, ...args: string[]) => {
    const script =
      'mount --bind "$2" "$2" && mount -o remount,ro,bind "$2" && exec chroot --userspec="$1:$1" "${@:2}"'
    const argv = ['-m', 'bash', '-c', script, 'bash', String(uid), root, ...config.Entrypoint, ...args]
    const env = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s)))
    const told = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE', TINI_SUBREAPER: '1' }
    return execa('unshare', argv, { env: { ...env, ...told }, extendEnv: false, reject: false })
  }

  test('runs as a user of its own, behind an init that reaps', () => {
    expect(config.User).toBe('65464:65464')
    expect(config.Entrypoint).toEqual(['tini', '--', 'hostdeps'])
  })

  test('says what it is, and nothing that is made up', () => {
    const { 'io.buildah.version': _builder, ...labels } = config.Labels
    const { version, description, license } = JSON.parse(readFileSync('package.json', 'utf8'))
    const told = {
      title: 'hostdeps',
      description,
      licenses: license,
      version,
      'base.name': 'localhost/base:test',
    }
    const named = Object.entries(told).map(([name, value]) => [`org.opencontainers.image.${name}`, value])
    expect(labels).toEqual(Object.fromEntries(named))
  })

  test('holds the bundle that this clone makes: what its build lets in is enough, and is this', async () => {
    const own = join(folder, 'bundle')
    await bundle(own)
    const [made, held] = [contentsOf(own), contentsOf(join(root, 'opt/hostdeps'))]
    const beside = Object.keys(held).filter((name) => !(name in made) && !name.startsWith('compiled/'))
    expect(beside).toEqual(['LICENSE'])
    for (const [name, content] of Object.entries(made)) expect([name, held[name]]).toEqual([name, content])
  })

  test('holds seven programs, and none that gives its caller another user', () => {
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const programs = files
      .filter((name) => /\/bin\/|\/sbin\//.test(name))
      .map((name) => name.slice(root.length))
    expect(programs.toSorted()).toEqual([
      '/usr/bin/env',
      '/usr/bin/head',
      '/usr/bin/nsenter',
      '/usr/bin/sleep',
      '/usr/bin/stat',
      '/usr/bin/tini',
      '/usr/local/bin/node',
    ])
    expect(files.filter((name) => (statSync(name).mode & 0o6000) !== 0)).toEqual([])
  })

  test.each([
    ['the prober', 0],
    ['the server', 65464],
  ])('%s finds what it would compile, on a read-only root', async (_, uid) => {
    const { exitCode, stdout, stderr } = await run(uid, 'checks', 'list')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const said = `${stdout}\n${stderr}`
    expect(said).toMatch(/^open-iscsi /m)
    const taken = said.match(/was accepted/g) ?? []
    expect(taken.length).toBeGreaterThan(5)
    expect(said).not.toMatch(/writing cache|was rejected|does not exist/)
  })
})

/** The digests of all files below a folder. */
function contentsOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
  return Object.fromEntries(paths.map((path) => [relative(folder, path), digest(path)]))
}
