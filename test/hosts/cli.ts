import { execa } from 'execa'
import { patience } from '../patience.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { main } from '../hostdeps-main.ts'

/** What one run of `hostdeps check` said. */
export interface CheckRun {
  readonly exitCode: number | undefined
  readonly report: Report
  readonly stderr: string
  /** Milliseconds from start to end of the process. */
  readonly took: number
}

/** Runs `hostdeps` as a user would. */
export async function hostdeps(...args: string[]) {
  return execa(process.execPath, [main, ...args], {
    reject: false,
    env: { NO_COLOR: '1', NODE_NAME: undefined },
  })
}

export async function hostdepsCheck(...args: string[]): Promise<CheckRun> {
  const start = performance.now()
  // On a busy machine a program may take longer than people would wait for it.
  const { exitCode, stdout, stderr } = await hostdeps('check', '-o', 'json', '--deadline', '60s', ...args)
  const took = performance.now() - start
  if (!stdout.startsWith('{')) throw new Error(`no report came: exit code ${exitCode}\n${stdout}\n${stderr}`)
  const report: Report = JSON.parse(stdout)
  return { exitCode, report, stderr, took }
}

/** The one check of a report that has just one. */
export function onlyCheck(report: Report): ReportCheck {
  const [check, ...others] = report.checks
  if (check === undefined || others.length > 0) throw new Error(`${report.checks.length} checks, not one`)
  return check
}

/** A `hostdeps run` in a process of its own, served on a free port. */
export async function startAgent(...args: string[]) {
  return startAgentBy([process.execPath, main], args)
}

/** The same by another program. */
export async function startAgentBy(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const agent = execa(program, [...first, 'run', '--port', '0', ...args], {
    reject: false,
    forceKillAfterDelay: patience,
    env: { NO_COLOR: '1', NODE_NAME: undefined, ...env },
  })
  const started = performance.now()
  const url = await new Promise<string>((resolve, reject) => {
    let seen = ''
    agent.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      const [, address] = /Serving on (http:\S+?)\/? /.exec(seen) ?? []
      if (address !== undefined) resolve(address)
    })
    void agent.then(({ exitCode, stderr }) =>
      reject(new Error(`it ended with ${exitCode}: ${seen}${stderr}`)),
    )
  })
  return {
    url,
    /** Milliseconds until the first table was there. */
    took: performance.now() - started,
    async stop() {
      agent.kill('SIGINT')
      return agent
    },
  }
}

/** A `hostdeps serve` in a process of its own, started by another program where one is told. */
export async function startServe(...args: string[]) {
  return startServeBy([], ...args)
}

export async function startServeBy(by: readonly string[], ...args: string[]) {
  return startProgram([...by, process.execPath, main, 'serve', ...args])
}

/** A program that becomes a server, and says where. */
export async function startProgram(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [program = '', ...args] = argv
  const server = execa(program, args, {
    reject: false,
    all: true,
    forceKillAfterDelay: patience,
    env: { KUBECONFIG: '/nowhere', NODE_NAME: undefined, ...env },
  })
  let ended: string | null = null
  const url = await new Promise<string>((resolve, reject) => {
    let seen = ''
    server.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      const [, address] = /"address":"([^"]+)"/.exec(seen) ?? []
      if (address !== undefined) resolve(address)
    })
    void server.then(({ exitCode, signal, all }) => {
      ended = `${exitCode ?? signal}: ${all?.slice(-5_000)}`
      reject(new Error(`it ended with ${ended}`))
    })
  })
  return {
    url,
    pid: server.pid,
    /** How, and its last words; null while it runs. */
    ended: () => ended,
    async stop() {
      server.kill('SIGTERM')
      return server
    },
  }
}

/** Milliseconds until an address answers with this status; asks each 25 ms. */
export async function untilStatus(url: string, status: number): Promise<number> {
  const start = performance.now()
  for (;;) {
    const response = await fetch(url)
    const body = await response.text()
    const took = performance.now() - start
    if (response.status === status) return took
    if (took > patience)
      throw new Error(`${url} still answers ${response.status} after ${Math.round(took)} ms: ${body}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
