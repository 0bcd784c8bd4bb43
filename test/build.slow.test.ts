import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import type { Finding, Report } from '#agent/model/report.ts'
import { renderCheck } from '#agent/render/check-text.ts'
import { bundle } from '../build.ts'
import { hostdeps, hostdepsCheck } from './hosts/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-build-'))
const main = join(folder, 'dist/agent/main.js')
let made: Metafile
beforeAll(async () => {
  made = await bundle(join(folder, 'dist'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The libraries in what a command loads when it is called: its chunk, the program's, and all that these import. */
function librariesOf(command: string): Set<string> {
  const chunks = new Set<string>()
  const add = (name: string): void => {
    if (chunks.has(name)) return
    chunks.add(name)
    const next = made.outputs[name]?.imports ?? []
    for (const { path } of next.filter(({ kind, external }) => kind === 'import-statement' && !external))
      add(path)
  }
  for (const source of ['agent/main.ts', `agent/commands/${command}.ts`])
    add(Object.keys(made.outputs).find((name) => made.outputs[name]?.entryPoint === source) ?? source)
  const sources = [...chunks].flatMap((name) => Object.keys(made.outputs[name]?.inputs ?? {}))
  return new Set(sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))
}

/** Runs probe of the bundle for one round. It tells at its end what of Node.js it loaded. */
async function probe(setUp: string): Promise<{ stdout: string; loaded: string[] }> {
  const tell = 'process.on("exit", () => process.stderr.write(JSON.stringify(process.moduleLoadList)))'
  const round = join(folder, 'round.json')
  rmSync(round, { force: true })
  const argv = ['--import', `data:text/javascript,${setUp};${tell}`, main, 'probe', '--round', round]
  const running = execa(process.execPath, argv)
  await expect.poll(() => existsSync(round)).toBe(true)
  running.kill('SIGTERM')
  const { stdout, stderr } = await running
  return { stdout, loaded: JSON.parse(stderr) as string[] }
}

test('probe loads neither what speaks to the API server nor what serves', async () => {
  const [asks, serves] = [librariesOf('probe'), librariesOf('serve')]
  expect([...asks]).toEqual(expect.arrayContaining(['commander', 'execa', 'pino', 'yaml', 'zod']))
  for (const name of ['@kubernetes/client-node', 'fastify', 'prom-client', 'undici']) {
    expect(serves).toContain(name)
    expect(asks).not.toContain(name)
  }
  const { stdout, loaded } = await probe('')
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ msg: 'probing' })
  expect(loaded).toContain('NativeModule fs')
  for (const name of ['http', 'https', 'http2', 'tls', 'inspector'])
    expect(loaded).not.toContain(`NativeModule ${name}`)
})

test('--help loads no library but the one that reads the command line', () => {
  const outputs = Object.values(made.outputs).find(({ entryPoint }) => entryPoint === 'agent/main.ts')
  expect(outputs?.imports.filter(({ kind }) => kind === 'dynamic-import').length).toBeGreaterThan(4)
  expect([...librariesOf('none-at-all')]).toEqual(['commander'])
})

test('the bundle finds the checks beside it, and logs on a terminal', async () => {
  const { stdout } = await execa(process.execPath, [main, 'checks', 'list'], { cwd: folder })
  expect(stdout).toMatch(/^open-iscsi /m)
  expect((await probe('process.stdout.isTTY=true')).stdout).toMatch(/INFO.*hostdeps.*probing/)
})

test('what the bundle knows of the checks beside it is what their files say', async () => {
  const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
  const names = [...catalog.keys()]
  const { stdout } = await execa(process.execPath, [main, 'checks', 'show', ...names])
  expect(`${stdout}\n`).toBe([...catalog.values()].map(renderCheck).join('\n'))
  expect((await execa(process.execPath, [main, 'checks', 'lint'])).stdout).toContain(
    `${names.length} check files`,
  )
})

test('who asks for some checks gets them whole, and all names are known', async () => {
  const check = (...args: string[]) => execa(process.execPath, [main, 'check', ...args], { reject: false })
  const { stdout } = await check('longhorn', 'redis', '-o', 'json')
  const { report } = await hostdepsCheck('longhorn', 'redis')
  expect(needsOf(JSON.parse(stdout))).toEqual(needsOf(report))
  for (const name of ['open-icsi', 'opensearch']) {
    const [ours, theirs] = [await check(name), await hostdeps('check', name)]
    expect([ours.exitCode, ours.stderr]).toEqual([2, theirs.stderr])
  }
})

/** All that is told but for what may change from one asking to the next. */
function needsOf({ checks }: Report): unknown {
  const walk = ({ need, why, findings = [] }: Finding): unknown => ({
    need,
    why,
    findings: findings.map(walk),
  })
  return checks.map(({ name, title, findings }) => ({ name, title, findings: findings.map(walk) }))
}
