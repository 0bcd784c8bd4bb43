import { stringify } from 'yaml'
import { archiveName } from './platforms.ts'
import type { Platform } from './platforms.ts'

/** An archive of an executable. */
export interface Archive {
  readonly platform: Platform
  readonly sha256: string
}

/** The manifest by which krew installs `kubectl hostdeps`. The file has the plugin's name: hostdeps.yaml. */
export function krewManifest(archives: readonly Archive[], version: string, home: string): string {
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'hostdeps' },
    spec: {
      version: `v${version}`,
      homepage: home,
      shortDescription: 'Say what hosts lack for pods, and fix it',
      description: `Shows which nodes lack the packages, kernel modules and settings that workloads need of
their host, says whether that is why pods crash (why), prints the commands that fix it, runs
them once (fix --apply), and restarts the pods that failed for it (restart). It works with the
caller's own rights. "kubectl hostdeps nodes" and most others read what the agents say of their
Nodes; "check" and "explain" ask the machine that they run on, and need nothing in the cluster.
`,
      platforms: archives.map(({ platform, sha256 }) => ({
        selector: { matchLabels: { os: platform.os, arch: platform.arch } },
        uri: `${home}/releases/download/v${version}/${archiveName(version, platform)}`,
        sha256,
        files: [
          { from: 'hostdeps', to: 'kubectl-hostdeps' },
          { from: 'LICENSE', to: '.' },
          { from: 'THIRD-PARTY-LICENSES', to: '.' },
        ],
        bin: 'kubectl-hostdeps',
      })),
      caveats:
        'On Linux it needs libstdc++ and libatomic: apt-get install libatomic1, or dnf install libatomic.\n',
    },
  }
  return stringify(manifest, { lineWidth: 0 })
}
