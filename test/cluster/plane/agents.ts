import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { atEnd } from '../../at-end.ts'
import { freePorts } from '../../free-ports.ts'
import { patience } from '../../patience.ts'
import { main as tested } from '../../hostdeps-main.ts'

export interface AgentOptions {
  /** The Node that is written. */
  readonly node: string
  readonly kubeConfig: string
  /** The text of the config file. */
  readonly config: string
  /** What is run; left out for what all tests run. */
  readonly main?: string
  /** Of the host's init; left out for this machine itself. */
  readonly hostPid?: number
  /** Own checks, by name. */
  readonly checks?: Readonly<Record<string, string>>
  /** What starts a half, and its environment. */
  readonly prober?: Start
  readonly server?: Start
}

export interface Start {
  /** A program that is given Node.js and its arguments: "unshare". */
  readonly by?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Half {
  /** Ends it and returns all it said. */
  end(signal?: NodeJS.Signals): Promise<string>
  signal(name: NodeJS.Signals): void
  /** What it said so far. */
  said(): string
}

/** Prober and server of one node, as two processes with the round file between them. */
export interface Agent {
  readonly folder: string
  /** Where the server serves. */
  readonly url: string
  readonly roundFile: string
  writeConfig(text: string): void
  writeCheck(name: string, text: string): void
  readonly prober: Half
  readonly server: Half
  startProber(): void
  startServer(kubeConfig?: string): void
  stop(): Promise<void>
}

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), `hostdeps-agent-${process.pid}-`))
  const [config, checks, round] = ['config.yaml', 'checks', 'round.json'].map((name) => join(folder, name))
  if (config === undefined || checks === undefined || round === undefined) throw new Error('no places')
  await execa('mkdir', [checks])
  const [port = 0] = await freePorts(1)
  const { main = tested } = options
  const files = ['--round', round, '--config', config]
  const target = options.hostPid === undefined ? [] : ['--target-pid', String(options.hostPid)]
  const startServer = (kubeConfig = options.kubeConfig) =>
    start([main, 'serve', ...files, '--port', String(port)], {
      ...options.server,
      env: { ...options.server?.env, NODE_NAME: options.node, KUBECONFIG: kubeConfig },
    })
  const startProber = () => start([main, 'probe', ...files, '--checks', checks, ...target], options.prober)
  const writeCheck = (name: string, text: string) => writeFileSync(join(checks, `${name}.yaml`), text)
  writeFileSync(config, options.config)
  for (const [name, text] of Object.entries(options.checks ?? {})) writeCheck(name, text)
  let [prober, server] = [startProber(), startServer()]
  const remove = atEnd(() => {
    for (const half of [prober, server]) half.signal('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    roundFile: round,
    writeConfig: (text) => writeFileSync(config, text),
    writeCheck,
    get prober() {
      return prober
    },
    get server() {
      return server
    },
    startProber: () => void (prober = startProber()),
    startServer: (kubeConfig) => void (server = startServer(kubeConfig)),
    async stop() {
      prober.signal('SIGCONT')
      await Promise.all([prober.end(), server.end()])
      remove()
    },
  }
}

function start(args: readonly string[], { by = [], env = {} }: Start = {}): Half {
  const [program = '', ...others] = [...by, process.execPath, ...args]
  const child = execa(program, others, {
    reject: false,
    all: true,
    stdin: 'ignore',
    forceKillAfterDelay: patience,
    env: { KUBECONFIG: '/nowhere', NODE_NAME: undefined, ...env },
  })
  let said = ''
  child.all.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return {
    said: () => said,
    signal: (name) => void child.kill(name),
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      await child
      return said
    },
  }
}
