import { isatty } from 'node:tty'
import { Command, InvalidArgumentError, Option } from 'commander'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import type { Loaded } from '#agent/catalog/load.ts'
import type { Explanation, Hints } from '#agent/model/explanation.ts'
import { renderExplanation } from '#agent/render/explain.ts'
import { renderExplanationJson } from '#agent/render/explain-json.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { addHostFlags, isHost, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'
import { makeChecks } from '#agent/commands/wiring/made-checks.ts'
import { explanationOf } from '#agent/commands/wiring/explain/explanation-of.ts'
import { givenNodeName } from '#agent/commands/wiring/node-name.ts'
import { readPieces } from '#agent/commands/wiring/read-pieces.ts'

interface ExplainFlags extends HostFlags, Hints {
  readonly output: 'text' | 'json'
  /** false by --no-host */
  readonly host: boolean
}

const formats = { text: renderExplanation, json: renderExplanationJson }

export function explainCommand(): Command {
  const command = new Command('explain')
    .description(
      'Reads a log and says which host dependency its lines point to, its state here, and the fix.',
    )
    .argument('[file]', 'the log; "-" or nothing reads what is piped in')
    .option('--component <name>', 'the container or program whose log it is: longhorn-manager')
    .option('--namespace <name>', 'the namespace of its pod: longhorn-system')
    .option('--image <name>', 'its image: longhornio/longhorn-manager:v1.12.2')
    .option('--exit-code <number>', 'the exit code with which it ended', readExitCode)
    .option('--no-host', 'do not ask this host: say what the lines mean by themselves')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(Object.keys(formats)).default('text'),
    )
  return addHostFlags(command).action(explain)
}

async function explain(file: string | undefined, flags: ExplainFlags): Promise<void> {
  givenNodeName()
  const input = chooseInput(file)
  const loaded = loadFrom(flags, null)
  const { component, namespace, image, exitCode } = flags
  const hits = await readHits(input, loaded, { component, namespace, image, exitCode })
  const explanation = await explainHits(hits, loaded, flags)
  const color = isColored(process.stdout)
  process.stdout.write(formats[flags.output](explanation, { color }))
  process.exitCode = hits.length > 0 ? exitCodes.ready : exitCodes.doubtful
}

/** null for stdin. */
function chooseInput(file: string | undefined): string | null {
  if (file !== undefined && file !== '-') return file
  if (file === undefined && isatty(0)) throw new UsageError(noInput)
  return null
}

const noInput = `explain reads a log: name a file, or pipe one in:
  kubectl logs --previous -n longhorn-system longhorn-manager-5mc6p | hostdeps explain
  hostdeps explain /var/log/pods/.../longhorn-manager/6.log`

async function readHits(input: string | null, { catalog }: Loaded, hints: Hints): Promise<readonly Hit[]> {
  const matching = createMatcher(catalog.values()).open(hints)
  try {
    await readPieces(input, (piece) => matching.push(piece))
  } catch (error) {
    throw new UsageError(
      `the log could not be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return matching.end()
}

async function explainHits(hits: readonly Hit[], loaded: Loaded, flags: ExplainFlags): Promise<Explanation> {
  const made = makeChecks(hits)
  const catalog = new Map([...loaded.catalog, ...made.checks.map((check) => [check.name, check] as const)])
  const concerned = [...new Set(hits.flatMap((hit) => hit.check ?? made.madeFor(hit) ?? []))]
  const report =
    flags.host && isHost() && concerned.length > 0
      ? await askOnce({ ...loaded, catalog }, concerned, flags)
      : null
  const { exitCode } = flags
  return explanationOf(hits, { catalog: loaded.catalog, report, exitCode, madeFor: made.madeFor })
}

function readExitCode(text: string): number {
  const code = Number(text)
  if (!/^\d+$/.test(text) || code > 255) throw new InvalidArgumentError('It must be an exit code, 0 to 255.')
  return code
}
