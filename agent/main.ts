#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { watchOutput } from '#agent/commands/wiring/output.ts'
import { plainLines } from '#agent/model/plain.ts'

/** A command is loaded when it is called, so that none of them pays for the others. */
const commands: Record<string, { summary: string; load: () => Promise<Command> }> = {
  run: {
    summary: 'ask this host again and again, and serve what it lacks over HTTP',
    load: async () => (await import('#agent/commands/run.ts')).runCommand(),
  },
  probe: {
    summary: 'the half of run that asks: writes its rounds to a file, listens to nothing',
    load: async () => (await import('#agent/commands/probe.ts')).probeCommand(),
  },
  serve: {
    summary: 'the half of run that serves: reads the rounds, needs no privilege',
    load: async () => (await import('#agent/commands/serve.ts')).serveCommand(),
  },
  check: {
    summary: 'ask this host once, print what it lacks, and exit',
    load: async () => (await import('#agent/commands/check.ts')).checkCommand(),
  },
  wait: {
    summary: 'wait until a check is ready on a node: the gate of an initContainer',
    load: async () => (await import('#agent/commands/wait.ts')).waitCommand(),
  },
  prune: {
    summary: 'take all that hostdeps put on Nodes off them',
    load: async () => (await import('#agent/commands/prune.ts')).pruneCommand(),
  },
  checks: {
    summary: 'list, show and lint the checks there are',
    load: async () => (await import('#agent/commands/checks.ts')).checksCommand(),
  },
}

/** Errors of who wrote the command line or a file, by name: their message says all. */
const writtenErrors = ['Mistakes', 'UsageError']

const program = new Command('hostdeps')
  .description('Says what this host lacks for Kubernetes workloads, and the command that installs it.')
  .version(manifest.version)
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError })
  .addHelpText(
    'after',
    '\nExit codes: 0 all ready, 3 something is missing, 4 something is unknown or recommended,\n2 bad usage, config or check file, 1 our own failure.',
  )

// In such a call (Buffer.byteLength of a text that was put together) Node.js 26 ends the process when a garbage collection
// throws away the code that called: "Lazy deopt after a fast API call with return value is unsupported".
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

/** What was written on the command line stands in it. */
function outputError(text: string, write: (text: string) => void): void {
  write(plainLines(text))
}

/** Usage errors of a command leave the same way as those of the program. */
function inherit(command: Command): Command {
  for (const inner of command.commands) inherit(inner)
  return command
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError('(--help lists what there is)')
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
