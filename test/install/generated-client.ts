import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { openapiFile } from '../../docs/generate.ts'

const source = join(import.meta.dirname, 'client/read-report.mts')
const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes']

/** What the client in client/ prints about a server, compiled by types that are generated from docs/openapi.json. */
export async function runGeneratedClient(tools: string, address: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-client-'))
  const run = async (program: string, argv: readonly string[]) =>
    (
      await execa(process.execPath, [join(tools, 'node_modules', program), ...argv], {
        cwd: folder,
        all: true,
      })
    ).all
  try {
    copyFileSync(source, join(folder, 'read-report.mts'))
    await run('openapi-typescript/bin/cli.js', [openapiFile, '--output', 'api.d.ts'])
    const types = ['--typeRoots', join(process.cwd(), 'node_modules/@types'), '--types', 'node']
    const target = ['--target', 'es2023', '--module', 'nodenext']
    await run('typescript/bin/tsc', [...strict, ...target, ...types, 'read-report.mts', 'api.d.ts'])
    const { stdout } = await execa(process.execPath, ['read-report.mjs', address], { cwd: folder })
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
