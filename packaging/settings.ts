import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { extras, lackingFor, possible } from './prerequisites.ts'
import type { Extra } from './prerequisites.ts'

/** What `npm run release` is told. */
export interface Settings {
  readonly outdir: string
  /** Where the project lives; archives are downloaded from its releases. */
  readonly home: string
  /** That of all files and texts, so that the same commit makes the same bytes. */
  readonly date: Date
  /** The commit, 40 hexadecimal digits. */
  readonly revision: string
  /** The image that ours is built from; null for that of the Dockerfile. */
  readonly base: string | null
  readonly made: readonly Extra[]
}

export interface Read {
  /** null where something is wrong. */
  readonly settings: Settings | null
  /** What is wrong, and what is not made here, a line each. */
  readonly lines: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads it from the arguments and the environment, before anything is made. An empty variable is one that is not set. */
export async function readSettings(argv: readonly string[], env: Environment): Promise<Read> {
  const [outdir = 'release', ...more] = argv
  const home = env['HOMEPAGE'] || 'https://github.com/hostdeps/hostdeps'
  const without = (env['WITHOUT'] ?? '').split(',').filter((word) => word !== '')
  const wanted = extras.filter((extra) => !without.includes(extra))
  const lacking = lackingFor(wanted)
  const commit = await lastCommit()
  const epoch = env['SOURCE_DATE_EPOCH'] || commit?.seconds
  const wrong = [
    ...(more.length > 0 ? [`one folder is enough: ${outdir}`] : []),
    ...outdirMistakes(outdir),
    ...(URL.canParse(home) && !/\s/.test(home) ? [] : [`HOMEPAGE=${JSON.stringify(home)} is no address`]),
    ...without
      .filter((word) => !extras.some((extra) => extra === word))
      .map((word) => `WITHOUT=${word}: only ${extras.join(' and ')} can be left out`),
    ...(commit === null ? ['git does not say which commit this is: run it in a clone'] : []),
    ...(epoch === undefined || isEpoch(epoch) ? [] : [`SOURCE_DATE_EPOCH=${epoch} is no number of seconds`]),
    ...(env['CI'] === 'true' ? lacking : []),
  ]
  if (wrong.length > 0 || commit === null) return { settings: null, lines: wrong }
  return {
    lines: lacking.map((line) => `NOT MADE: ${line}`),
    settings: {
      outdir,
      home,
      date: new Date(Number(epoch) * 1000),
      revision: commit.revision,
      base: env['BASE'] || null,
      made: possible(wanted),
    },
  }
}

/** SOURCE_DATE_EPOCH, https://reproducible-builds.org/specs/source-date-epoch/: seconds, until the year 9999. */
function isEpoch(text: string): boolean {
  return /^\d{1,12}$/.test(text) && Number(text) < 253_402_300_800
}

async function lastCommit(): Promise<{ revision: string; seconds: string } | null> {
  const { stdout, exitCode } = await execa('git', ['log', '-1', '--format=%H %ct'], { reject: false })
  if (exitCode !== 0) return null
  const [revision = '', seconds = ''] = stdout.split(' ')
  return { revision, seconds }
}

/** The folder is replaced, so it must be one that a release made, or empty. */
function outdirMistakes(outdir: string): string[] {
  if (outdir === '' || outdir.startsWith('-')) return [`${JSON.stringify(outdir)} is no folder`]
  if (!existsSync(outdir)) return []
  if (!lstatSync(outdir).isDirectory()) return [`${outdir} is there already, and is no folder`]
  const names = readdirSync(outdir)
  const sums = join(outdir, 'SHA256SUMS')
  const made = existsSync(sums)
    ? readFileSync(sums, 'utf8')
        .split('\n')
        .map((line) => line.slice(66))
    : []
  const others = names.filter((name) => name !== 'SHA256SUMS' && !made.includes(name))
  return others.length === 0
    ? []
    : [`${outdir} would be replaced, and has what no release made: ${others.slice(0, 3).join(', ')}`]
}
