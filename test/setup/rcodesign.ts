import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { execa } from 'execa'

const version = '0.29.0'

/** The folder of rcodesign, of the crate apple-codesign, that signs for macOS. Without what it asks Apple's servers. Only test:long builds it. */
export async function rcodesign(tell: (progress: string) => void): Promise<string> {
  const root = resolve('.cache/rcodesign', version)
  const bin = resolve(root, 'bin')
  if (!existsSync(resolve(bin, 'rcodesign'))) {
    tell('cargo install apple-codesign (from cold about six minutes)')
    const argv = ['install', 'apple-codesign', '--version', version, '--locked', '--no-default-features']
    await execa('nice', ['cargo', ...argv, '--root', root])
  }
  return bin
}
