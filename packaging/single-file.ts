import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Metafile } from 'esbuild'
import { explainWorkerFile } from '#agent/shipped/shipped-files.ts'
import { asModule, copyShipped, written } from '../build.ts'

/** What an executable begins with. */
export const mainFile = 'executable.mjs'

/**
 * Bundles the agent for the executables, which run one file: the whole program, and the thread that explains logs as a text,
 * which Node.js runs as CommonJS. Beside them is what else ships. Returns what of node_modules is in it.
 */
export async function bundleSingle(outdir: string): Promise<Metafile['inputs']> {
  await rm(outdir, { recursive: true, force: true })
  await mkdir(outdir, { recursive: true })
  const main = await build({
    ...written,
    ...asModule,
    entryPoints: ['agent/executable.ts'],
    outfile: join(outdir, mainFile),
  })
  const worker = await build({
    ...written,
    format: 'cjs',
    entryPoints: ['agent/commands/wiring/explain/explain-worker.ts'],
    outfile: join(outdir, explainWorkerFile),
    // The executable is found by process.execPath.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  copyShipped(outdir)
  await rename(join(outdir, `${mainFile}.LEGAL.txt`), join(outdir, 'LEGAL.txt'))
  return { ...main.metafile.inputs, ...worker.metafile.inputs }
}
