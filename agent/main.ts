#!/usr/bin/env node
import { basename } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { commands } from '#agent/commands/registry.ts'
import { asksForNagios } from '#agent/commands/wiring/asks-for-nagios.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { watchOutput } from '#agent/commands/wiring/agent/output.ts'
import { sweepsEnded } from '#agent/host/programs/sweeps.ts'
import { wordsOf } from '#agent/model/failed.ts'
import { plainLines } from '#agent/model/plain.ts'
import { nagiosCodes, renderNagiosFailure } from '#agent/render/formats/nagios.ts'

/** Names of errors caused by the command line or a file: only their message is printed. */
const writtenErrors = ['Mistakes', 'UsageError', 'KubeConfigError']

/** As kubectl's plugin, and as what kubectl asks when it completes the plugin's words. */
const [plugin, completer] = ['kubectl-hostdeps', 'kubectl_complete-hostdeps']
const calledAs = basename(process.argv[1] ?? '')

const program = new Command(calledAs === plugin ? 'kubectl hostdeps' : 'hostdeps')
  .description('Says what this host lacks for Kubernetes workloads, and the command that installs it.')
  .version(manifest.version)
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError })
  .addHelpText(
    'after',
    '\nExit codes: 0 all ready, 3 something is missing, 4 something is unknown or recommended,\n2 bad usage, config or check file, 1 hostdeps failed or the API server refuses.\nOf explain: 0 some line points to a host dependency, 4 none does.',
  )

// Node.js 26 ends the process if a garbage collection discards the caller's code during a fast API call (Buffer.byteLength of
// a concatenated string): "Lazy deopt after a fast API call with return value is unsupported".
setFlagsFromString('--no-turbo-fast-api-calls')

const output = watchOutput()
const isForNagios = asksForNagios(process.argv.slice(2))
const exitCode = await main(process.argv.slice(2))
const isWritten = await output.written()
await sweepsEnded()
process.exit(isWritten ? exitCode : isForNagios ? nagiosCodes.UNKNOWN : exitCodes.failure)

async function main(argv: readonly string[]): Promise<number> {
  if (calledAs === completer) return complete(argv)
  if (argv[0] === '__complete') return complete(argv.slice(1))
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
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ready
    return isForNagios ? explainForNagios(error) : explainFailure(error)
  }
}

function explainForNagios(error: unknown): number {
  process.stdout.write(renderNagiosFailure(plainLines(wordsOf(error))))
  return nagiosCodes.UNKNOWN
}

/** Hidden: shells ask it, with the words so far, of which the last is to be completed. */
async function complete(words: readonly string[]): Promise<number> {
  const { completeWords } = await import('#agent/commands/wiring/completion/complete-words.ts')
  process.stdout.write(await completeWords(words, commands))
  return exitCodes.ready
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
  if (error instanceof CommanderError) return exitCodes.usage
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
