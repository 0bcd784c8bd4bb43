import { cpSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import type { Metafile } from 'esbuild'

/** Bundles the agent into a folder, one chunk a command, so that a command loads only what it needs. */
export async function bundle(outdir: string): Promise<Metafile> {
  rmSync(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: { 'agent/main': 'agent/main.ts', 'agent/chunks/file-child': 'agent/host/file-child.ts' },
    // As deep as the sources are, so that what lies beside the code (checks/) is found by the same way.
    chunkNames: 'agent/chunks/[name]-[hash]',
    outdir,
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minify: true,
    keepNames: true,
    lineLimit: 160,
    legalComments: 'linked',
    // Libraries in CommonJS call require for Node.js's own modules.
    banner: {
      js: "import { createRequire as hostdepsRequire } from 'node:module';const require = hostdepsRequire(import.meta.url);",
    },
  })
  cpSync('checks', `${outdir}/checks`, { recursive: true, filter: (path) => !/\.(ts|md|json)$/.test(path) })
  return metafile
}

if (import.meta.main) await bundle('dist')
