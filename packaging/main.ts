import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
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
import { renderSbom } from './sbom.ts'
import { readSettings } from './settings.ts'
import type { Settings } from './settings.ts'
import { bundleSingle } from './single-file.ts'
import { withFolder } from './temporary.ts'

/**
 * `npm run release`: all that is published, in release/: an archive of an executable for each kind of machine, krew's manifest, what is
 * in them, the chart and the image. The same commit makes the same bytes. The folder is there when all of it is.
 */
async function makeRelease(settings: Settings): Promise<void> {
  const outdir = resolve(settings.outdir)
  await mkdir(dirname(outdir), { recursive: true })
  await withFolder(`${outdir}.part-`, async (part) => {
    const made = join(part, 'release')
    await mkdir(made)
    await withFolder(join(tmpdir(), 'hostdeps-release-'), (bundle) => fill(made, bundle, settings))
    await rm(outdir, { recursive: true, force: true })
    await rename(made, outdir)
  })
}

/** @param bundle a folder for it */
async function fill(outdir: string, bundle: string, settings: Settings): Promise<void> {
  const { home, date, made } = settings
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
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
    await writeImage(join(outdir, `hostdeps-v${version}-image.oci.tar`), { ...settings, version })
  await writeFile(join(outdir, 'SHA256SUMS'), await sumsOf(outdir))
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

const { settings, lines } = await readSettings(process.argv.slice(2), process.env)
for (const line of lines) process.stderr.write(`${line}\n`)
if (settings === null) process.exitCode = 2
else await makeRelease(settings)
