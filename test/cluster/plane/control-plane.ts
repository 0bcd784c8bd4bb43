import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { freePorts } from '../../free-ports.ts'
import { atEnd } from '../../at-end.ts'
import { patience } from '../../patience.ts'
import { callApi } from './api-client.ts'
import type { ApiAccess, ApiCall, ApiReply } from './api-client.ts'

/** A real control plane, without a node: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
export interface ControlPlane {
  readonly folder: string
  /** Of who may do everything. */
  readonly admin: ApiAccess
  /** What the API server was asked, a JSON object a line. */
  readonly auditLog: string
  /** As who may do everything; rejects unless the status is 2xx. */
  call<T = unknown>(call: ApiCall): Promise<T>
  /** As kubectl prints it; rejects when it fails. */
  kubectl(...args: string[]): Promise<string>
  /** A kubeconfig file for a token; the address may be another than the API server's own. */
  kubeConfig(token: string, server?: string): string
  /** A token of a user in these groups. */
  tokenOf(user: StaticUser): string
  stopApiServer(): Promise<void>
  startApiServer(): Promise<void>
  /** The process of the API server, which is another one after it was started anew. */
  apiServerPid(): number
  stop(): Promise<void>
}

const users = {
  admin: 'system:masters',
  'system:kube-scheduler': '',
  'system:node:worker-1': 'system:nodes',
  'system:node:worker-2': 'system:nodes',
} as const

const controllers = ['kube-scheduler', 'kube-controller-manager'] as const

export type StaticUser = keyof typeof users

/**
 * Starts all of it on an address of this machine, ends with this process, and leaves nothing behind. Without controllers nobody writes
 * but whoever calls, and there are no default service accounts.
 */
export async function startControlPlane(
  host = '127.0.0.1',
  { hasControllers = true }: { readonly hasControllers?: boolean } = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), `hostdeps-cluster-${process.pid}-`))
  const programs = openPrograms(folder)
  const remove = atEnd(() => {
    programs.killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  try {
    return await startParts(folder, { host, programs, remove, hasControllers })
  } catch (error) {
    remove()
    throw error
  }
}

async function startParts(
  folder: string,
  {
    host,
    programs,
    remove,
    hasControllers,
  }: { host: string; programs: Programs; remove: () => void; hasControllers: boolean },
): Promise<ControlPlane> {
  const [etcd = 0, peers = 0, port = 0] = await freePorts(3)
  const place = (name: string) => join(folder, name)
  const tokens = writeCredentials(folder)
  programs.start('etcd', [
    `--data-dir=${place('etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${etcd}`,
    `--advertise-client-urls=http://127.0.0.1:${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peers}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ])
  const admin = { host, port, caFile: place('certs/apiserver.crt'), token: tokens.admin ?? '' }
  const call = async <T>(what: ApiCall) => must(what, await callApi<T>(admin, what))
  const kubeConfig = (token: string, server = `https://${host}:${port}`) => {
    const file = place(`kubeconfig-${randomBytes(4).toString('hex')}`)
    writeFileSync(file, JSON.stringify(kubeConfigOf(server, admin.caFile, token)), { mode: 0o600 })
    return file
  }
  const startApiServer = async () => {
    const server = programs.start('kube-apiserver', apiServerArgs(folder, etcd, admin))
    await until(() => isReady(admin), server)
  }
  await startApiServer()
  const adminConfig = kubeConfig(admin.token)
  if (hasControllers) {
    startControllers(programs, adminConfig, kubeConfig(tokens['system:kube-scheduler'] ?? ''))
    const account = '/api/v1/namespaces/default/serviceaccounts/default'
    await until(async () => (await callApi(admin, { path: account })).status === 200, null)
  }
  return {
    folder,
    admin,
    auditLog: place('audit.log'),
    call,
    kubeConfig,
    startApiServer,
    tokenOf: (user) => tokens[user] ?? '',
    stopApiServer: () => programs.stop('kube-apiserver'),
    apiServerPid: () => programs.pidOf('kube-apiserver'),
    async kubectl(...args) {
      const { stdout } = await execa(programPath('kubectl'), ['--kubeconfig', adminConfig, ...args], {
        env: { HOME: folder },
      })
      return stdout
    },
    async stop() {
      for (const name of [...controllers, 'kube-apiserver', 'etcd']) await programs.stop(name)
      remove()
    },
  }
}

function must<T>(what: ApiCall, { status, body }: ApiReply<T>): T {
  if (status >= 200 && status < 300) return body
  throw new Error(`${what.method ?? 'GET'} ${what.path}: ${status} ${JSON.stringify(body).slice(0, 2_000)}`)
}

function startControllers(programs: Programs, admin: string, scheduler: string): void {
  const common = ['--leader-elect=false', '--secure-port=0']
  // Kubelets, or the tests that beat in their place, may be late on a busy machine: their nodes are not gone.
  programs.start('kube-controller-manager', [
    `--kubeconfig=${admin}`,
    '--use-service-account-credentials=false',
    `--service-account-private-key-file=${programs.folder}/service-account.key`,
    `--root-ca-file=${programs.folder}/certs/apiserver.crt`,
    '--node-monitor-grace-period=10m',
    ...common,
  ])
  programs.start('kube-scheduler', [`--kubeconfig=${scheduler}`, ...common])
}

function apiServerArgs(folder: string, etcd: number, { host, port }: ApiAccess): string[] {
  const place = (name: string) => join(folder, name)
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${port}`,
    `--cert-dir=${place('certs')}`,
    `--token-auth-file=${place('tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${place('service-account.key')}`,
    `--service-account-signing-key-file=${place('service-account.key')}`,
    `--audit-policy-file=${place('audit-policy.json')}`,
    `--audit-log-path=${place('audit.log')}`,
    '--audit-log-mode=blocking',
    // Of loopback no pod could make anything.
    `--endpoint-reconciler-type=${host.startsWith('127.') ? 'none' : 'lease'}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--shutdown-delay-duration=0s',
  ]
}

/** Keys, tokens and the audit policy; returns the token of each user. */
function writeCredentials(folder: string): Record<string, string> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  writeFileSync(join(folder, 'service-account.key'), privateKey, { mode: 0o600 })
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata' }],
  }
  writeFileSync(join(folder, 'audit-policy.json'), JSON.stringify(policy))
  const entries = Object.entries(users).map(([user, groups]) => ({
    user,
    groups,
    token: randomBytes(16).toString('hex'),
  }))
  const lines = entries.map(({ user, groups, token }) => `${token},${user},${user},"${groups}"`)
  writeFileSync(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 })
  return Object.fromEntries(entries.map(({ user, token }) => [user, token]))
}

function kubeConfigOf(server: string, caFile: string, token: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  }
}

async function isReady(admin: ApiAccess): Promise<boolean> {
  try {
    return (await callApi(admin, { path: '/readyz' })).status === 200
  } catch {
    return false
  }
}

interface Program {
  /** What it said, when it has ended by itself. */
  over: string | null
}

/** An API server is ready in about two seconds on a machine that is not busy. */
async function until(isDone: () => Promise<boolean>, program: Program | null): Promise<void> {
  for (const start = Date.now(); !(await isDone()); await sleep(100)) {
    if (program?.over) throw new Error(program.over)
    if (Date.now() - start > patience) throw new Error(`not there after ${patience} ms`)
  }
}

interface Running {
  readonly pid: number | undefined
  readonly kill: (signal: NodeJS.Signals) => boolean
  readonly ended: Promise<unknown>
}

type Programs = ReturnType<typeof openPrograms>

/** The programs of a control plane by name; what each says goes to a file of its name. */
function openPrograms(folder: string) {
  const running = new Map<string, Running>()
  return {
    folder,
    start(name: string, args: readonly string[]): Program {
      const log = join(folder, `${name}.log`)
      const argv = ['--pdeathsig', 'KILL', programPath(name), ...args]
      const child = execa('setpriv', argv, {
        reject: false,
        all: true,
        buffer: false,
        stdin: 'ignore',
        stdout: { file: log, append: true },
        stderr: { file: log, append: true },
      })
      const program: Program = { over: null }
      const ended = child.then(({ exitCode, signal }) => {
        program.over = `${name} ended with ${exitCode ?? signal}: ${tail(log)}`
      })
      // setpriv becomes the program, so that its process is the program's.
      running.set(name, { pid: child.pid, kill: (signal) => child.kill(signal), ended })
      return program
    },
    async stop(name: string): Promise<void> {
      const program = running.get(name)
      program?.kill('SIGKILL')
      await program?.ended
      running.delete(name)
    },
    pidOf(name: string): number {
      const pid = running.get(name)?.pid
      if (pid === undefined) throw new Error(`${name} does not run`)
      return pid
    },
    killAll(): void {
      for (const program of running.values()) program.kill('SIGKILL')
    },
  }
}

/** The end of what it said. When all was removed before it ended, nobody asks any more. */
function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')
  } catch {
    return 'what it said is gone'
  }
}

function programPath(name: string): string {
  const folder = process.env['HOSTDEPS_TEST_CONTROL_PLANE']
  if (folder === undefined) throw new Error('HOSTDEPS_TEST_CONTROL_PLANE is not set: npm test sets it up')
  return join(folder, name)
}
