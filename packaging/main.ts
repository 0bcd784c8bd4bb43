import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeArchive } from './archive.ts'
import { bundledPackages } from './bundled-packages.ts'
import { makeExecutable } from './executable.ts'
import { packChart } from './chart.ts'
import { writeImage } from './image.ts'
import { krewManifest } from './krew.ts'
import type { Archive } from './krew.ts'
import { licenseTexts } from './licenses.ts'
import { readLock } from './lock.ts'
import { nodeFolder } from './node-program.ts'
import { archiveName, platforms } from './platforms.ts'
import { extras, lackingFor, possible } from './prerequisites.ts'
import type { Extra } from './prerequisites.ts'
import { renderSbom } from './sbom.ts'
import { bundleSingle } from './single-file.ts'

/** What `npm run release` is told by the environment. */
interface Settings {
  /** Where the project lives; archives are downloaded from its releases. */
  readonly home: string
  /** That of all files and texts, so that the same commit makes the same bytes. */
  readonly date: Date
  /** The image that ours is built from; null for that of the Dockerfile. */
  readonly base: string | null
  readonly made: readonly Extra[]
}

/**
 * `npm run release`: all that is published, in release/: an archive of an executable for each kind of machine, krew's manifest, what is
 * in them, the chart and the image. The same commit makes the same bytes.
 */
async function makeRelease(outdir: string, settings: Settings): Promise<void> {
  const { home, date, made } = settings
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
  const bundle = await mkdtemp(join(tmpdir(), 'hostdeps-release-'))
  try {
    await rm(outdir, { recursive: true, force: true })
    await mkdir(outdir, { recursive: true })
    const packages = bundledPackages(await bundleSingle(bundle))
    const archives: Archive[] = []
    for (const platform of platforms.filter(({ os }) => os === 'linux' || made.includes('macos'))) {
      const bytes = await makeArchive(
        [
          { name: 'hostdeps', mode: 0o755, bytes: await makeExecutable(bundle, platform) },
          { name: 'LICENSE', mode: 0o644, bytes: await readFile('LICENSE') },
          {
            name: 'THIRD-PARTY-LICENSES',
            mode: 0o644,
            bytes: licenseTexts(packages, await nodeFolder(platform)),
          },
        ],
        date,
      )
      await writeFile(join(outdir, archiveName(version, platform)), bytes)
      archives.push({ platform, sha256: sha256(bytes) })
    }
    await writeFile(join(outdir, 'hostdeps.yaml'), krewManifest(archives, version, home))
    const node = readLock()[`node_modules/${platforms[0].node}`]?.version ?? ''
    await writeFile(
      join(outdir, `hostdeps-v${version}.cdx.json`),
      renderSbom(packages, { version, date, node }),
    )
    const { name, bytes } = await packChart('charts/hostdeps', date)
    await writeFile(join(outdir, name), bytes)
    if (made.includes('image'))
      await writeImage(join(outdir, `hostdeps-v${version}-image.oci.tar`), {
        ...settings,
        version,
        revision: await lastCommit('%H'),
      })
    await writeFile(join(outdir, 'SHA256SUMS'), await sumsOf(outdir))
  } finally {
    await rm(bundle, { recursive: true, force: true })
  }
}

/** As sha256sum(1) writes and checks them. */
async function sumsOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).toSorted()
  const lines = names.map(async (name) => `${sha256(await readFile(join(folder, name)))}  ${name}\n`)
  return (await Promise.all(lines)).join('')
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** SOURCE_DATE_EPOCH, https://reproducible-builds.org/specs/source-date-epoch/, and otherwise when the commit was made. */
async function dateOfSources(): Promise<Date> {
  const seconds = process.env['SOURCE_DATE_EPOCH'] ?? (await lastCommit('%ct'))
  return new Date(Number(seconds) * 1000)
}

async function lastCommit(format: string): Promise<string> {
  return (await execa('git', ['log', '-1', `--format=${format}`])).stdout
}

/** All that is not left out by WITHOUT. What cannot be made here is said; in CI, and when it is misspelt, nothing is made. */
function madeHere(): readonly Extra[] | null {
  const without = (process.env['WITHOUT'] ?? '').split(',').filter((word) => word !== '')
  const unknown = without.filter((word) => !extras.some((extra) => extra === word))
  const wanted = extras.filter((extra) => !without.includes(extra))
  const lacking = lackingFor(wanted)
  for (const word of unknown)
    process.stderr.write(`WITHOUT=${word}: only ${extras.join(' and ')} can be left out\n`)
  for (const line of lacking) process.stderr.write(`NOT MADE: ${line}\n`)
  const isWhole = lacking.length === 0 || process.env['CI'] !== 'true'
  return unknown.length === 0 && isWhole ? possible(wanted) : null
}

const [outdir = 'release'] = process.argv.slice(2)
const made = madeHere()
if (made === null) process.exitCode = 2
else
  await makeRelease(outdir, {
    home: process.env['HOMEPAGE'] ?? 'https://github.com/hostdeps/hostdeps',
    date: await dateOfSources(),
    base: process.env['BASE'] ?? null,
    made,
  })
