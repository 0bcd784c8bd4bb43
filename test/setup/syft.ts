import { join, resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'

/** syft, pinned by test/long/syft/go.mod, that says what is in an image. Only test:long builds it. */
export async function syft(tell: (progress: string) => void): Promise<string> {
  const packages = { syft: 'github.com/anchore/syft/cmd/syft' }
  const patience = 'from cold about three minutes'
  const module = resolve('test/long/syft')
  return join(await buildGoPrograms({ module, name: 'syft', packages, sets: [], patience }, tell), 'syft')
}
