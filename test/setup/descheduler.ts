import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'

const module = resolve('test/long/descheduler')

/** descheduler, pinned by test/long/descheduler/go.mod, that restart is held beside. Only test:long builds it. */
export async function descheduler(tell: (progress: string) => void): Promise<string> {
  const packages = { descheduler: 'sigs.k8s.io/descheduler/cmd/descheduler' }
  const patience = 'from cold about four minutes'
  return join(
    await buildGoPrograms({ module, name: 'descheduler', packages, sets: [], patience }, tell),
    'descheduler',
  )
}

/** "v0.36.0" */
export function deschedulerVersion(): string {
  const text = readFileSync(join(module, 'go.mod'), 'utf8')
  return /sigs\.k8s\.io\/descheduler (v\S+)/.exec(text)?.[1] ?? 'unknown'
}
