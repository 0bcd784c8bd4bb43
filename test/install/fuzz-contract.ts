import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { openapiFile } from '../../docs/generate.ts'
import { debianPython } from '../setup/pip-packages.ts'

/** What clients accept: by it the same paths answer text, pages or JSON. */
export const accepted = ['*/*', 'application/json'] as const

export interface Drawn {
  /** The URL of the server. */
  readonly address: string
  readonly accept: (typeof accepted)[number]
  /** Of an operation in a phase at most; what an operation has by its schema comes on top. */
  readonly examples: number
  readonly seed: number
}

export interface Fuzzed {
  readonly cases: number
  readonly hasFailed: boolean
  /** All that it says, with a curl line for each failure. */
  readonly says: string
}

/** Draws requests from docs/openapi.json and holds every answer against it, by schemathesis with all its checks. */
export async function fuzzContract({ address, accept, examples, seed }: Drawn): Promise<Fuzzed> {
  const config = new URL('schemathesis.toml', import.meta.url).pathname
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-schemathesis-'))
  const phases = 'examples,coverage,fuzzing,stateful'
  const bounds = ['--phases', phases, '--max-examples', String(examples), '--seed', String(seed)]
  const asked = ['--url', address, '--header', `Accept: ${accept}`, '--checks', 'all', ...bounds]
  const argv = ['-m', 'schemathesis.cli', '--no-color', '--config-file', config, 'run', openapiFile, ...asked]
  const env = {
    PYTHONPATH: process.env['HOSTDEPS_TEST_SCHEMATHESIS'] ?? '',
    LC_ALL: 'C.UTF-8',
    HOME: folder,
  }
  try {
    const { all, exitCode } = await execa(debianPython, argv, { cwd: folder, env, reject: false, all: true })
    return { cases: casesIn(all), hasFailed: exitCode !== 0, says: all }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** "439 generated, 439 passed" */
function casesIn(text: string): number {
  return Number(/^ +(\d+) generated/m.exec(text)?.[1] ?? 0)
}
