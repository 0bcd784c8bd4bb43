import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sweepParts } from './debian-root.ts'
import { contentsOf, keyOf } from './key-of.ts'
import type { Step } from './step.ts'

/** All that a release is made of. */
const sources = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  'build.ts',
  'agent',
  'charts/hostdeps',
  'checks',
  'docs/openapi.json',
  'packaging',
]

/** Seconds: a date that no commit has, so that what is dated otherwise is seen. */
export const releaseDate = 1_700_000_000

const folder = resolve('.cache/release')

/** What `npm run release` makes. Half a minute, kept in .cache until a source changes. */
export const release: Step = {
  title: 'the release',
  gives: ['HOSTDEPS_TEST_RELEASE'],
  hint: 'run npm test where npm reaches a registry',
  async run(tell) {
    const made = join(folder, keyOf([process.version, ...sources.flatMap(contentsOf)]))
    if (!existsSync(made)) {
      tell('npm run release')
      const part = `${made}.part-${process.pid}`
      await mkdir(folder, { recursive: true })
      await sweepParts(part)
      try {
        await makeReleaseIn(part)
        for (const name of await readdir(folder))
          if (!name.includes('.part-')) await rm(join(folder, name), { recursive: true, force: true })
        await rename(part, made)
      } finally {
        await rm(part, { recursive: true, force: true })
      }
    }
    return { HOSTDEPS_TEST_RELEASE: made }
  },
}

/** In a process of its own, as a person runs it. */
export async function makeReleaseIn(outdir: string): Promise<void> {
  const env = {
    SOURCE_DATE_EPOCH: String(releaseDate),
    HOMEPAGE: 'https://example.com/hostdeps',
    WITHOUT: 'image,macos',
  }
  await execa(process.execPath, ['packaging/main.ts', outdir], { env })
}
