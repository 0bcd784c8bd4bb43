import { join } from 'node:path'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { keepFile } from '#agent/exports/keep-file.ts'
import type { KeptFile } from '#agent/exports/keep-file.ts'
import { tryBeside } from '#agent/exports/write-beside.ts'
import { plainLine } from '#agent/model/plain.ts'
import { partByRelevance, relevanceOf } from '#agent/model/relevance.ts'
import type { Report, ReportSource } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'

export interface FileFlags {
  readonly textfile?: string
  readonly nfd?: string
}

export function addFileFlags(command: Command): Command {
  return command
    .option(
      '--textfile <dir>',
      "keep hostdeps.prom in this folder of node_exporter's textfile collector. It stays at the end, so that its age tells that nobody writes it any more",
    )
    .option(
      '--nfd <dir>',
      'keep the file hostdeps with the published checks in this features.d of node-feature-discovery. It stays at the end too, so that a restart takes away no label, and expires after three intervals',
    )
}

interface Place {
  readonly flag: string
  readonly path: string
  readonly render: KeptFile['render']
}

function placesOf({ textfile, nfd }: FileFlags): Place[] {
  return [
    ...(textfile === undefined
      ? []
      : [{ flag: '--textfile', path: join(textfile, 'hostdeps.prom'), render: renderTextfile }]),
    ...(nfd === undefined ? [] : [{ flag: '--nfd', path: join(nfd, 'hostdeps'), render: renderFeatures }]),
  ]
}

/** Throws a UsageError where a file cannot be written. */
export async function tryFolders(flags: FileFlags): Promise<void> {
  for (const flag of ['textfile', 'nfd'] as const)
    if (flags[flag] === '') throw new UsageError(`--${flag}: it is empty; name a folder`)
  for (const { flag, path } of placesOf(flags)) {
    try {
      await tryBeside(path)
    } catch (error) {
      throw new UsageError(`${flag}: cannot write in this folder: ${plainLine((error as Error).message)}`)
    }
  }
}

export function keepFilesOf(store: ReportSource, flags: FileFlags, log: Logger): void {
  for (const { path, render } of placesOf(flags)) {
    store.subscribe(
      keepFile({
        path,
        render,
        failed: (error) =>
          log.error({ err: error, path }, 'a file could not be written; it is tried again with each round'),
        recovered: () => log.info({ path }, 'the file is written again'),
      }),
    )
  }
}

/** What matters here, as of "check -o prometheus": all checks would be as many series as node_exporter's own. */
function renderTextfile(report: Report): Promise<string> {
  return formats.prometheus({ ...report, checks: partByRelevance(report.checks, relevanceOf(report)).here })
}

/** As the agent's own labels. */
function renderFeatures(report: Report): string {
  return formats.nfd({ ...report, checks: report.checks.filter(({ isPublished }) => isPublished) })
}
