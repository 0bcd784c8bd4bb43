import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { bundle } from '../../build.ts'
import { makeExecutable } from '../../packaging/executable.ts'
import { platforms } from '../../packaging/platforms.ts'
import { bundleSingle } from '../../packaging/single-file.ts'
import { imageHeap } from '../setup/image-heap.ts'
import { bootReal, realHosts } from '../hosts/real-hosts.ts'
import { measure, showTime } from './measure.ts'

/**
 * `hostdeps check` from cold: the whole process, bundled and with what it compiled kept, as the image has it; and the executable of
 * the release, which is one file with what it compiled in it.
 */
const runs = 15
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
const [dist, compiled] = [join(folder, 'dist'), join(folder, 'compiled')]

try {
  await bundle(dist)
  await measureAll('this machine', [])
  await measureExecutable()
  for (const real of realHosts.filter(({ root }) => process.env[root] !== undefined)) {
    const host = await bootReal(real)
    try {
      await measureAll(real.name, ['--target-pid', String(host.pid)])
    } finally {
      await host.stop()
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function measureAll(name: string, target: readonly string[]): Promise<void> {
  for (const [args, aim] of [
    [['--help'], 42],
    [['check', 'open-iscsi', ...target], 150],
    [['check', '--all', ...target], 300],
  ] as const) {
    await measure(2, () => run(args))
    const { wall, children } = await measure(runs, () => run(args))
    const words = args.slice(0, 2).join(' ')
    console.log(
      `${name}, hostdeps ${words}: ${showTime(wall)}, CPU ${children.toFixed(0)} ms (aim: ${aim} ms)`,
    )
  }
}

async function measureExecutable(): Promise<void> {
  const own = platforms.find(({ node }) => node === `node-${process.platform}-${process.arch}`)
  if (own === undefined) return console.log('SKIPPED: there is no executable for this kind of machine')
  await bundleSingle(join(folder, 'single'))
  const program = join(folder, 'hostdeps')
  writeFileSync(program, await makeExecutable(join(folder, 'single'), own), { mode: 0o755 })
  for (const [args, aim] of [
    [['--help'], 250],
    [['check', 'open-iscsi'], 500],
  ] as const) {
    const once = () => execa(program, args, { reject: false })
    await measure(2, once)
    const { wall, children } = await measure(runs, once)
    const words = args.join(' ')
    console.log(
      `this machine, the executable, hostdeps ${words}: ${showTime(wall)}, CPU ${children.toFixed(0)} ms (aim: ${aim} ms)`,
    )
  }
}

function run(args: readonly string[]): Promise<unknown> {
  const env = { NODE_COMPILE_CACHE: compiled, NODE_OPTIONS: imageHeap() }
  return execa(process.execPath, [join(dist, 'agent/main.js'), ...args], { env, reject: false })
}
