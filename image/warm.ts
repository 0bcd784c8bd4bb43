import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs each command of the bundle once, so that its compiled code is in NODE_COMPILE_CACHE when the image starts.
 * Node.js keys that cache by user, so run this as each user that will run the agent. It fails when a command fails, so
 * an image that cannot work is never built.
 *
 * It needs nothing but Node.js: the image has nothing else. Run it without NODE_COMPILE_CACHE in its own environment, and give the
 * folder instead: its own code has no place there.
 *
 *     node image/warm.ts <folder of the bundle> <folder of compiled code>
 */
const [bundle = 'dist', compiled = ''] = process.argv.slice(2)
const main = resolve(bundle, 'agent/main.js')
/** Compiled code has hashes of names in it, which V8 draws a seed for: with this flag it is the same each time, and is used without it too. */
const before = ['--random-seed=1', main]
const folder = mkdtempSync('/tmp/warm-')
const round = join(folder, 'round.json')
const kubeconfig = join(folder, 'kubeconfig')
const env = { ...process.env, NODE_COMPILE_CACHE: compiled, KUBECONFIG: kubeconfig, NODE_NAME: 'warm' }
/** Longest time for one step, milliseconds. A step takes one second, and much longer on a busy build machine. */
const deadline = 120_000

const children = new Set<ChildProcess>()
const applied: string[] = []
const api = createServer((request, response) => {
  if (request.method === 'PATCH') applied.push(request.url ?? '')
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'warm', uid: 'warm' }, status: {} }
  const answer = request.url?.startsWith('/api/v1/nodes?') ? { items: [node] } : node
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  request.resume()
})
await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening))
const { port } = api.address() as AddressInfo
writeFileSync(
  kubeconfig,
  JSON.stringify({
    'current-context': 'warm',
    clusters: [
      { name: 'warm', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'warm', user: { token: 'warm' } }],
    contexts: [{ name: 'warm', context: { cluster: 'warm', user: 'warm' } }],
  }),
)

try {
  await warmDaemons()
  for (const format of ['table', 'wide', 'json', 'yaml'])
    await runs(['check', '--all', '-o', format], [0, 3, 4])
  await runs(['checks', 'list'], [0])
  await runs(['wait', '--for', 'open-iscsi', 'warm', '--timeout', '1s', '--kubeconfig', kubeconfig], [3])
  await runs(['--help'], [0])
} finally {
  for (const child of children) child.kill('SIGKILL')
  api.closeAllConnections()
  api.close()
  rmSync(folder, { recursive: true, force: true })
}

/** The daemons go first: they compile the most of the code that all commands share. */
async function warmDaemons(): Promise<void> {
  const probe = start(['probe', '--round', round])
  const serve = start(['serve', '--round', round, '--port', '0'])
  await until('a round', () => existsSync(round), probe)
  await until('a patch of the Node', () => applied.length > 0, serve)
  const address = /http:\/\/[^"\s]+/.exec(serve.said())?.[0] ?? ''
  for (const path of ['/', '/readyz', '/metrics', '/v1/report', '/ready/open-iscsi'])
    for (const accept of ['text/html', 'application/json', '*/*'])
      await (await fetch(new URL(path, address), { headers: { accept } })).text()
  for (const running of [serve, probe]) await running.end()
  const run = start(['run', '--port', '0'])
  await until('the first screen', () => run.said().includes('Serving on'), run)
  await run.end()
}

interface Running {
  said(): string
  /** Stops it by a signal that it handles: Node.js writes its cache only when the process exits by itself. */
  end(): Promise<void>
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [...before, ...args], { env })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const ended = new Promise<number | null>((resolveEnd) => child.once('close', resolveEnd))
  return {
    said: () => said,
    async end() {
      child.kill('SIGTERM')
      const exitCode = await ended
      children.delete(child)
      if (exitCode !== 0) throw new Error(`hostdeps ${args[0]} ended with ${exitCode}:\n${said}`)
    },
  }
}

function runs(args: readonly string[], allowed: readonly number[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [...before, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
    child.once('error', fail)
    child.once('close', (exitCode) => {
      if (exitCode !== null && allowed.includes(exitCode)) done()
      else fail(new Error(`hostdeps ${args.join(' ')} ended with ${exitCode}`))
    })
  })
}

async function until(what: string, isThere: () => boolean, running: Running): Promise<void> {
  const end = Date.now() + deadline
  while (!isThere()) {
    if (Date.now() > end) throw new Error(`${what} did not come:\n${running.said()}`)
    await sleep(50)
  }
}
