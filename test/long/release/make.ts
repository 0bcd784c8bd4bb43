import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

export interface Made {
  /** Of the base image, in a registry of plain HTTP. */
  readonly base: string
  readonly registry: string
  /** Where rcodesign is. */
  readonly programs: string
  /** A folder of its own. */
  readonly work: string
}

/** `npm run release` with all that can be made, as in CI; returns the folder. */
export async function makeWhole(name: string, { base, registry, programs, work }: Made): Promise<string> {
  const outdir = join(work, name)
  const registries = join(work, 'registries.conf')
  mkdirSync(outdir, { recursive: true })
  writeFileSync(registries, `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`)
  const env = {
    CI: 'true',
    BASE: base,
    CONTAINERS_REGISTRIES_CONF: registries,
    HOMEPAGE: 'https://example.com/hostdeps',
    PATH: `${programs}:${process.env['PATH']}`,
    TMPDIR: work,
  }
  await execa(process.execPath, ['packaging/main.ts', outdir], { env })
  return outdir
}
