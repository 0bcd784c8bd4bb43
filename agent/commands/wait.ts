import { Command, InvalidArgumentError } from 'commander'
import { checkName } from '#agent/catalog/check-schema.ts'
import { waitAtGate } from '#agent/client/ask-ready.ts'
import type { GateAnswer } from '#agent/client/ask-ready.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

interface WaitFlags {
  readonly url: URL
  readonly timeout?: number
}

export function waitCommand(): Command {
  return new Command('wait')
    .description(
      'Waits until a check is ready on the node of the agent at --url, and prints each change of its state. For initContainers. Exit code: 0 the check is ready, 3 it was not ready in time, 2 there is no such check.',
    )
    .argument('<check>', 'the check to wait for', readName)
    .requiredOption('--url <url>', 'address of the agent, like http://hostdeps.hostdeps:9465', readUrl)
    .option('--timeout <time>', 'longest wait, like 10m (default: no limit)', readTimeout)
    .action(wait)
}

async function wait(check: string, { url, timeout }: WaitFlags): Promise<void> {
  const answer = await waitAtGate({ url, check, timeout: timeout ?? null, report })
  if (answer.says === 'no such check') throw new UsageError(`the agent has no check ${check}`)
  if (answer.says === 'ready') return
  process.stdout.write(`${check} was not ready in time\n`)
  process.exitCode = exitCodes.missing
}

function report({ lines }: GateAnswer): void {
  process.stdout.write(`${new Date().toISOString()} ${lines.join('\n')}\n`)
}

function readName(text: string): string {
  const read = checkName.safeParse(text)
  if (read.success) return read.data
  throw new InvalidArgumentError(`A check's name ${read.error.issues[0]?.message ?? 'is invalid'}.`)
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new InvalidArgumentError('It must be an http(s) address, like http://hostdeps.hostdeps:9465.')
  url.pathname = url.pathname.replace(/\/?$/, '/')
  return url
}
