#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { watchOutput } from '#agent/commands/wiring/output.ts'
import { plainLines } from '#agent/model/plain.ts'

/** Commands are loaded on demand, so that none pays for the others. */
const commands: Record<string, { summary: string; load: () => Promise<Command> }> = {
  run: {
    summary: 'check this host continuously, and serve what it lacks over HTTP',
    load: async () => (await import('#agent/commands/run.ts')).runCommand(),
  },
  probe: {
    summary: 'the privileged half of run: checks the host and writes rounds to a file, opens no port',
    load: async () => (await import('#agent/commands/probe.ts')).probeCommand(),
  },
  serve: {
    summary: 'the unprivileged half of run: reads the rounds, serves and publishes them',
    load: async () => (await import('#agent/commands/serve.ts')).serveCommand(),
  },
  check: {
    summary: 'check this host once, print what it lacks, and exit',
    load: async () => (await import('#agent/commands/check.ts')).checkCommand(),
  },
  nodes: {
    summary: "show the cluster's nodes by what their hosts lack",
    load: async () => (await import('#agent/commands/nodes.ts')).nodesCommand(),
  },
  wait: {
    summary: 'wait until a check is ready on nodes, for initContainers and Jobs',
    load: async () => (await import('#agent/commands/wait.ts')).waitCommand(),
  },
  prune: {
    summary: 'remove everything that hostdeps put on Nodes',
    load: async () => (await import('#agent/commands/prune.ts')).pruneCommand(),
  },
  checks: {
    summary: 'list, show and lint checks',
    load: async () => (await import('#agent/commands/checks.ts')).checksCommand(),
  },
}

/** Names of errors caused by the command line or a file: only their message is printed. */
const writtenErrors = ['Mistakes', 'UsageError', 'KubeConfigError']

const program = new Command('hostdeps')
  .description('Says what this host lacks for Kubernetes workloads, and the command that installs it.')
  .version(manifest.version)
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError })
  .addHelpText(
    'after',
    '\nExit codes: 0 all ready, 3 something is missing, 4 something is unknown or recommended,\n2 bad usage, config or check file, 1 internal error.',
  )

// Node.js 26 ends the process if a garbage collection discards the caller's code during a fast API call (Buffer.byteLength of
// a concatenated string): "Lazy deopt after a fast API call with return value is unsupported".
setFlagsFromString('--no-turbo-fast-api-calls')

const output = watchOutput()
const exitCode = await main(process.argv.slice(2))
process.exit((await output.written()) ? exitCode : exitCodes.failure)

async function main(argv: readonly string[]): Promise<number> {
  const name = argv.find((word) => !word.startsWith('-')) ?? ''
  for (const [key, command] of Object.entries(commands)) {
    program.addCommand(
      key === name ? inherit(await command.load()) : new Command(key).description(command.summary),
    )
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return Number(process.exitCode ?? exitCodes.ready)
  } catch (error) {
    return explainFailure(error)
  }
}

/** The text may quote the command line, so it is made harmless. */
function outputError(text: string, write: (text: string) => void): void {
  write(plainLines(text))
}

/** Handles usage errors of a command like those of the program. */
function inherit(command: Command): Command {
  for (const inner of command.commands) inherit(inner)
  return command
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError('(--help shows all options)')
}

function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ready : exitCodes.usage
  if (error instanceof Error && writtenErrors.includes(error.name)) {
    process.stderr.write(`${plainLines(error.message)}\n`)
    return exitCodes.usage
  }
  if (error instanceof Error && error.name === 'ClusterError') {
    process.stderr.write(`${plainLines(error.message)}\n`)
    return exitCodes.failure
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`hostdeps failed: ${plainLines(words)}\n`)
  return exitCodes.failure
}
