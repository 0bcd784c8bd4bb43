import type { Command, Option } from 'commander'
import { states } from '#agent/model/state.ts'
import type { Loadable } from '#agent/commands/registry.ts'
import { asksFor } from './completed-kinds.ts'
import type { Kind } from './completed-kinds.ts'

/** A word that may stand there, and what it means. */
interface Candidate {
  readonly word: string
  readonly means?: string
}

interface Candidates {
  readonly all: readonly Candidate[]
  /** Whether names of files may stand there too. */
  readonly orFiles: boolean
}

const nothing: Candidates = { all: [], orFiles: false }
const files: Candidates = { all: [], orFiles: true }

/**
 * A line a candidate, then ":4", or ":0" where files may stand: what cobra's programs answer and kubectl expects of a plugin. The last
 * of the words is to be completed. It never fails: what cannot be asked for is not offered.
 */
export async function completeWords(
  words: readonly string[],
  commands: Readonly<Record<string, Loadable>>,
): Promise<string> {
  const last = words.at(-1) ?? ''
  const { all, orFiles } = await candidatesFor(words.slice(0, -1), last, commands).catch(() => nothing)
  const fitting = all.filter(({ word }) => word.startsWith(last))
  const lines = fitting.map(({ word, means }) => (means === undefined ? word : `${word}\t${means}`))
  return [...lines, orFiles ? ':0' : ':4', ''].join('\n')
}

async function candidatesFor(
  before: readonly string[],
  last: string,
  commands: Readonly<Record<string, Loadable>>,
): Promise<Candidates> {
  const [name, ...others] = before
  if (name === undefined)
    return offer(Object.entries(commands).map(([word, { summary }]) => ({ word, means: summary })))
  const command = Object.hasOwn(commands, name) ? await commands[name]?.load() : undefined
  if (command === undefined) return nothing
  const [inner, rest] = innermost(command, others)
  if (inner.commands.length > 0 && rest.length === 0 && !last.startsWith('-'))
    return offer(inner.commands.map((one) => ({ word: one.name(), means: one.description() })))
  const open = inner.options.find((option) => takesValue(option) && isFlag(option, rest.at(-1) ?? ''))
  if (open !== undefined) return valuesOf(open, { rest: rest.slice(0, -1), last })
  if (last.startsWith('-'))
    return offer(inner.options.map(({ long, description }) => ({ word: long ?? '', means: description })))
  const choices = inner.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  if (choices.length > 0) return offer(choices.map((word) => ({ word })))
  return offerKind(asksFor(name, inner.name(), rest), { rest, last })
}

/** "checks show" is a command in a command. */
function innermost(command: Command, words: readonly string[]): [Command, readonly string[]] {
  const [first, ...rest] = words
  const inner = command.commands.find((one) => one.name() === first)
  return inner === undefined ? [command, words] : [inner, rest]
}

interface Place {
  /** The words after the command's name, without the last. */
  readonly rest: readonly string[]
  readonly last: string
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

function isFlag({ long, short }: Option, word: string): boolean {
  return word === long || word === short
}

const kindsOfFlags: Readonly<Record<string, Kind>> = {
  '--check': 'checks',
  '--for': 'checks',
  '--context': 'contexts',
  '--namespace': 'namespaces',
  '--kubeconfig': 'files',
  '--config': 'files',
  '--round': 'files',
  '--checks': 'files',
  '--procfs': 'files',
  '--textfile': 'files',
  '--nfd': 'files',
  '--state': 'states',
}

async function valuesOf({ long, argChoices }: Option, place: Place): Promise<Candidates> {
  if (argChoices !== undefined) return offer(argChoices.map((word) => ({ word })))
  const [check, state] = place.last.split(/=(.*)/s)
  if (long === '--for' && state !== undefined)
    return offer(states.map((word) => ({ word: `${check}=${word}` })))
  return offerKind(kindsOfFlags[long ?? ''] ?? null, place)
}

async function offerKind(kind: Kind | null, { rest }: Place): Promise<Candidates> {
  if (kind === null) return nothing
  if (kind === 'files') return files
  if (kind === 'states') return offer(states.map((word) => ({ word })))
  if (kind === 'checks') {
    const { shippedCatalog } = await import('#agent/commands/wiring/cluster/known-checks.ts')
    return offer([...shippedCatalog().values()].map(({ name, title }) => ({ word: name, means: title })))
  }
  const { clusterNames } = await import('./cluster-names.ts')
  const names = await clusterNames(kind, rest)
  return offer(names.filter((name) => harmless.test(name)).map((word) => ({ word })))
}

/** What no shell reads another meaning into; contexts are named as people like: "user@cluster", an ARN. */
const harmless = /^[A-Za-z0-9][\w@:./+-]{0,252}$/

function offer(all: readonly Candidate[]): Candidates {
  return { all, orFiles: false }
}
