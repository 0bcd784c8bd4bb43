import { Command, InvalidArgumentError, Option } from 'commander'
import { checkName } from '#agent/catalog/check-schema.ts'
import { waitAtGate } from '#agent/client/ask-ready.ts'
import type { GateAnswer } from '#agent/client/ask-ready.ts'
import { isPrivate, openCredentials } from '#agent/client/credentials.ts'
import type { Credentials } from '#agent/client/credentials.ts'
import type { Awaited } from '#agent/cluster/awaited.ts'
import { states } from '#agent/model/state.ts'
import { addClusterFlags, selectorOption } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

interface WaitFlags extends ClusterFlags {
  readonly url?: URL
  readonly tokenFile?: string
  readonly ca?: string
  readonly for?: Awaited
  readonly selector?: string
  readonly all?: boolean
  readonly timeout?: number
}

export function waitCommand(): Command {
  const command = new Command('wait')
    .description(
      'Waits until a check is ready, and prints each change of its state. With --url, on the node of the agent there: for initContainers. With --for, on Nodes of the cluster, with the rights of your kubeconfig or of the pod: to get, list and watch Nodes. Exit code: 0 ready, 3 not in time, 2 bad usage or no such check, 1 the API server refuses.',
    )
    .usage('[options] --url URL CHECK | --for CHECK[=STATE] (NODE... | -l LABELS | --all)')
    .argument('[names...]', 'with --url the check to wait for, with --for the Nodes')
    .option('--url <url>', 'address of an agent, like http://hostdeps.hostdeps:9465', readUrl)
    .option('--token-file <file>', 'with --url: a bearer token for the agent, read anew for each request')
    .option('--ca <file>', 'with --url: certificate authorities (PEM) to trust as well')
    .addOption(
      new Option(
        '--for <check[=state]>',
        `the check to wait for on Nodes, and another state of it than ready: ${states.join(', ')}`,
      ).argParser(readAwaited),
    )
    .addOption(selectorOption())
    .option('--all', 'with --for: all Nodes')
    .option('--timeout <time>', 'longest wait, like 10m or 1m30s (default: no limit)', readTimeout)
  return addClusterFlags(command).action(wait)
}

async function wait(names: string[], flags: WaitFlags): Promise<void> {
  const { url, for: awaited } = flags
  endOnInterrupt()
  if (url !== undefined && awaited !== undefined) throw new UsageError('use --url or --for, not both')
  if (url !== undefined) return waitAtAgent(url, names, flags)
  if (awaited === undefined) throw new UsageError('use --url for one agent, or --for for Nodes')
  await waitOnNodes(awaited, names, flags)
}

async function waitAtAgent(url: URL, names: readonly string[], flags: WaitFlags): Promise<void> {
  const [name, ...others] = names
  if (name === undefined || others.length > 0) throw new UsageError('--url takes one check')
  if (flags.all || flags.selector !== undefined) throw new UsageError('-l and --all go with --for')
  const check = readName(name)
  const credentials = await credentialsFor(url, flags)
  const answer = await waitAtGate({ url, check, timeout: flags.timeout ?? null, credentials, report })
  if (answer.says === 'no such check') throw new UsageError(`the agent has no check ${check}`)
  if (answer.says === 'ready') return
  process.stdout.write(`${check} was not ready in time\n`)
  process.exitCode = exitCodes.missing
}

/** Throws a UsageError for files that cannot be used from the first. */
async function credentialsFor(url: URL, { tokenFile, ca }: WaitFlags): Promise<() => Promise<Credentials>> {
  if (tokenFile !== undefined && !isPrivate(url))
    throw new UsageError('over plain http a token is only sent to this machine; use https')
  if (ca !== undefined && url.protocol !== 'https:') throw new UsageError('--ca goes with an https address')
  const credentials = openCredentials({ token: tokenFile ?? null, ca: ca ?? null })
  const first = await credentials()
  if (!first.ok) throw new UsageError(first.mistake)
  return credentials
}

async function waitOnNodes(awaited: Awaited, names: readonly string[], flags: WaitFlags): Promise<void> {
  const { selector = null, all = false, timeout = null } = flags
  if (flags.tokenFile !== undefined || flags.ca !== undefined)
    throw new UsageError('--token-file and --ca go with --url; for the API server there is --kubeconfig')
  const ways = [names.length > 0, selector !== null, all].filter(Boolean).length
  if (ways !== 1) throw new UsageError('--for takes the names of Nodes, -l or --all')
  // An initContainer that asks an agent pays for none of it.
  const { connect } = await import('#agent/commands/wiring/cluster/connect.ts')
  const { openClusterApi } = await import('#agent/kube/open-cluster-api.ts')
  const { waitForNodes } = await import('#agent/commands/wiring/nodes/wait-for-nodes.ts')
  const api = openClusterApi(connect(flags).connection)
  await waitForNodes(api, awaited, { names, labels: selector, timeout })
}

function report({ lines }: GateAnswer): void {
  process.stdout.write(`${new Date().toISOString()} ${lines.join('\n')}\n`)
}

function readName(text: string): string {
  const read = checkName.safeParse(text)
  if (read.success) return read.data
  throw new UsageError(`A check's name ${read.error.issues[0]?.message ?? 'is invalid'}: ${text}`)
}

function readAwaited(text: string): Awaited {
  const [check = '', state = 'ready'] = text.split(/=(.*)/s)
  const known = states.find((one) => one === state)
  const read = checkName.safeParse(check)
  if (!read.success)
    throw new InvalidArgumentError(`A check's name ${read.error.issues[0]?.message ?? 'is invalid'}.`)
  if (known === undefined) throw new InvalidArgumentError(`A state is one of ${states.join(', ')}.`)
  return { check: read.data, state: known }
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new InvalidArgumentError('It must be an http(s) address, like http://hostdeps.hostdeps:9465.')
  url.pathname = url.pathname.replace(/\/?$/, '/')
  return url
}
