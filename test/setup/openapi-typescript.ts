import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { execa } from 'execa'
import { sweepParts } from './debian-root.ts'
import { keyOf } from './key-of.ts'
import type { Step } from './step.ts'

const packages = ['openapi-typescript@7.9.1', 'typescript@5.9.3']

/**
 * What makes types of an OpenAPI document, and a TypeScript of its own outside our lock file: with TypeScript 7, which we are
 * checked by, it does not run. Some seconds, kept in .cache.
 */
export const openapiTypescript: Step = {
  title: 'openapi-typescript',
  gives: ['HOSTDEPS_TEST_OPENAPI_TYPESCRIPT'],
  hint: 'run npm test where npm reaches a registry',
  async run(tell) {
    const folder = resolve('.cache/openapi-typescript', keyOf(packages))
    if (!existsSync(folder)) {
      tell(`npm install ${packages.join(' ')}`)
      await install(folder)
    }
    return { HOSTDEPS_TEST_OPENAPI_TYPESCRIPT: folder }
  },
}

async function install(folder: string): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  try {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await execa('npm', ['install', '--prefix', part, ...flags, ...packages])
    await rename(part, folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
