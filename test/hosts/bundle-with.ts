import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { parse } from 'yaml'
import { bundle } from '../../build.ts'
import { valuesFile } from '#agent/catalog/load.ts'

/** The agent as it is shipped, with further checks that may ask what shipped ones may. Its program is agent/main.js. */
export async function bundleWith(outdir: string, checks: Readonly<Record<string, string>>): Promise<void> {
  await bundle(outdir)
  const file = join(outdir, 'checks', valuesFile)
  const values: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
  for (const [name, text] of Object.entries(checks)) {
    writeFileSync(join(outdir, 'checks', name), text)
    values[name] = parse(text)
  }
  writeFileSync(file, JSON.stringify(values))
}

/** Programs of ours beside those of the agent, where they find what it finds: agent/chunks/NAME.js. */
export async function bundleScripts(
  outdir: string,
  scripts: Readonly<Record<string, string>>,
): Promise<void> {
  const banner = {
    js: "import { createRequire as hostdepsRequire } from 'node:module';const require = hostdepsRequire(import.meta.url);",
  }
  await build({
    entryPoints: { ...scripts },
    outdir: join(outdir, 'agent/chunks'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner,
  })
}
