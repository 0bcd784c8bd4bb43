import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { build } from 'esbuild'
import type { BuildOptions, Metafile, Plugin } from 'esbuild'
import { parse } from 'yaml'
import { readShipped, valuesFile } from '#agent/catalog/load.ts'
import manifest from './package.json' with { type: 'json' }
import { bundledPackages } from './packaging/bundled-packages.ts'
import type { BundledPackage } from './packaging/bundled-packages.ts'
import { renderSbom } from './packaging/sbom.ts'

/**
 * Leaves out the classes that the Kubernetes library generates for each type of the API, of which nothing here is used: a file of it does
 * nothing but export, though its package.json does not say so.
 */
const withoutUnusedClasses: Plugin = {
  name: 'without unused classes',
  setup({ onResolve, resolve }) {
    const library = '@kubernetes/client-node'
    onResolve(
      { filter: /^\.|^@kubernetes\/client-node$/ },
      async ({ path, pluginData, importer, ...from }) => {
        const isOfLibrary = path === library || importer.includes(`node_modules/${library}/`)
        if (!isOfLibrary || pluginData === library) return null
        const found = await resolve(path, { ...from, importer, pluginData: library })
        return { ...found, sideEffects: false }
      },
    )
  },
}

/** How all code that ships is written. */
export const written = {
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node26',
  // With their own names functions are told apart in a stack. To give them back by keepNames costs a call for each function that is
  // made, and Fastify makes several for each request.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'linked',
  plugins: [withoutUnusedClasses],
  // Fastify's compilers of JSON Schema, which agent/http/server.ts replaces, and what its tests use.
  external: ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request'],
} satisfies BuildOptions

/** Libraries in CommonJS call require for Node.js's own modules, which ESM has not. */
export const asModule = {
  format: 'esm',
  banner: {
    js: "import { createRequire as hostdepsRequire } from 'node:module';const require = hostdepsRequire(import.meta.url);",
  },
} satisfies BuildOptions

/** Bundles the agent into a folder, one chunk a command, so that a command loads only what it needs. */
export async function bundle(outdir: string): Promise<Metafile> {
  rmSync(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: {
      'agent/main': 'agent/main.ts',
      'agent/chunks/file-child': 'agent/host/files/file-child.ts',
      'agent/chunks/explain-worker': 'agent/commands/wiring/explain/explain-worker.ts',
    },
    // As deep as the sources are, so that what lies beside the code (checks/) is found by the same way.
    chunkNames: 'agent/chunks/[name]-[hash]',
    outdir,
    splitting: true,
    ...written,
    ...asModule,
  })
  copyShipped(outdir)
  writeContents(outdir, bundledPackages(metafile.inputs))
  return metafile
}

/**
 * What is in it, for scanners of images: a bill of materials, which Trivy reads, and a package.json of each package, which syft and
 * Grype do. The Node.js that runs it they find by themselves.
 */
function writeContents(outdir: string, packages: readonly BundledPackage[]): void {
  const subject = { version: manifest.version, date: null, node: null }
  writeFileSync(`${outdir}/hostdeps.cdx.json`, renderSbom(packages, subject))
  for (const { name, version, license } of packages) {
    const folder = `${outdir}/packages/${name}@${version}`
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/package.json`, JSON.stringify({ name, version, license }))
  }
}

/** All that ships beside the code, as agent/shipped/ finds it. */
export function copyShipped(outdir: string): void {
  cpSync('checks', `${outdir}/checks`, { recursive: true, filter: (path) => !/\.(ts|md|json)$/.test(path) })
  cpSync('docs/openapi.json', `${outdir}/docs/openapi.json`)
  writeFileSync(`${outdir}/checks/${valuesFile}`, JSON.stringify(checkValues()))
}

/** What each check file says, so that a start parses no YAML. */
function checkValues(): Record<string, unknown> {
  const texts = readShipped().map(({ file, text }) => [basename(file), parse(text)] as const)
  return Object.fromEntries(texts)
}

if (import.meta.main) await bundle('dist')
