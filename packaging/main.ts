import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeArchive } from './archive.ts'
import { bundledPackages } from './bundled-packages.ts'
import { makeExecutable } from './executable.ts'
import { packChart } from './chart.ts'
import { krewManifest } from './krew.ts'
import type { Archive } from './krew.ts'
import { licenseTexts } from './licenses.ts'
import { readLock } from './lock.ts'
import { nodeFolder } from './node-program.ts'
import { archiveName, platforms } from './platforms.ts'
import { renderSbom } from './sbom.ts'
import { bundleSingle } from './single-file.ts'

/** What `npm run release` is told by the environment. */
export interface Settings {
  /** Where the project lives; archives are downloaded from its releases. */
  readonly home: string
  /** That of all files and texts, so that the same commit makes the same bytes. */
  readonly date: Date
}

/**
 * `npm run release`: all that is published, in release/: an archive of an executable for each kind of machine, krew's manifest,
 * and what is in them. The same commit makes the same bytes.
 */
export async function makeRelease(outdir: string, { home, date }: Settings): Promise<void> {
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
  const bundle = await mkdtemp(join(tmpdir(), 'hostdeps-release-'))
  try {
    await rm(outdir, { recursive: true, force: true })
    await mkdir(outdir, { recursive: true })
    const packages = bundledPackages(await bundleSingle(bundle))
    const archives: Archive[] = []
    for (const platform of platforms) {
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
  const given = process.env['SOURCE_DATE_EPOCH']
  const seconds = given ?? (await execa('git', ['log', '-1', '--format=%ct'])).stdout
  return new Date(Number(seconds) * 1000)
}

if (import.meta.main) {
  const [outdir = 'release'] = process.argv.slice(2)
  const home = process.env['HOMEPAGE'] ?? 'https://github.com/hostdeps/hostdeps'
  await makeRelease(outdir, { home, date: await dateOfSources() })
}
