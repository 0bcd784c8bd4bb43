import { join, resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'

/** troubleshoot's preflight, pinned by test/bench/preflight/go.mod, that measurements are held beside. Only they build it. */
export async function preflight(tell: (progress: string) => void): Promise<string> {
  const packages = { preflight: 'github.com/replicatedhq/troubleshoot/cmd/preflight' }
  const module = resolve('test/bench/preflight')
  const patience = 'from cold about four minutes'
  return join(
    await buildGoPrograms({ module, name: 'preflight', packages, sets: [], patience }, tell),
    'preflight',
  )
}
