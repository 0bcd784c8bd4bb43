import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { explainWorkerFile } from '#agent/shipped/shipped-files.ts'
import { nodeFolder } from './node-program.ts'
import type { Platform } from './platforms.ts'
import { signAdHoc } from './sign.ts'
import { mainFile } from './single-file.ts'

/** Compiled code is only for the kind of machine that compiled it. */
const ownNode = `node-${process.platform}-${process.arch}`

/** Compiled code has hashes of names in it, which V8 draws a seed for. This flag is the one that the executable need not be started with too. */
const fixedSeed = '--random-seed=1'

/**
 * Puts a bundle of one file and a Node.js together: an executable, without more. The same of the same: every path in it is
 * from the bundle's folder.
 *
 * @param bundle the folder of bundleSingle
 */
export async function makeExecutable(bundle: string, platform: Platform): Promise<Buffer> {
  const output = `hostdeps-${platform.os}-${platform.arch}`
  const config = `${output}.json`
  const sea = {
    main: mainFile,
    mainFormat: 'module',
    executable: join(await nodeFolder(platform), 'bin/node'),
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: platform.node === ownNode,
    // What NODE_OPTIONS says is for other programs: a --require in it would run in ours, or end it.
    execArgvExtension: 'none',
    assets: Object.fromEntries(assetsOf(bundle).map((name) => [name, name])),
  }
  await writeFile(join(bundle, config), JSON.stringify(sea))
  await execa(process.execPath, [fixedSeed, '--build-sea', config], {
    cwd: bundle,
    env: { NODE_OPTIONS: '' },
  })
  if (platform.os === 'darwin') await signAdHoc(join(bundle, output), 'hostdeps')
  return readFile(join(bundle, output))
}

/** As agent/shipped/ names them. */
function assetsOf(bundle: string): string[] {
  const checks = readdirSync(join(bundle, 'checks'), { recursive: true, encoding: 'utf8' })
  return [explainWorkerFile, 'docs/openapi.json', ...checks.toSorted().map((name) => `checks/${name}`)]
}
