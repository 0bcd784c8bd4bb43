import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../../build.ts'

/** For vitest: makes the bundle that tests run, and removes it at the end. It takes two seconds. A test that runs vitest has it. */
export default async function setUpBundle(): Promise<() => void> {
  if (process.env['HOSTDEPS_BUNDLE_MAIN'] !== undefined) return () => {}
  const cache = join(import.meta.dirname, '../../.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'bundle-'))
  await bundle(folder)
  process.env['HOSTDEPS_BUNDLE_MAIN'] = join(folder, 'agent/main.js')
  // As in the image, what was compiled once is not compiled again.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  return () => rmSync(folder, { recursive: true, force: true })
}
