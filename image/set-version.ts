import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files that name the image's version, besides package.json and package-lock.json, which npm writes. */
export const files = [
  'Dockerfile',
  'charts/hostdeps/Chart.yaml',
  'manifests/base/daemon-set.yaml',
  'examples/init-wait.yaml',
  'examples/init-wait-auth.yaml',
  'examples/wait-job.yaml',
] as const

/** A version in one of them: the tag of our image, the Dockerfile's argument, or the chart's two. */
export const versionLine = /(?<=ghcr\.io\/hostdeps\/hostdeps:|^ARG VERSION=|^version: |^appVersion: )\S+/gm

/** Writes the version of package.json into every other file that names it. `npm version` runs this. */
export function setVersion(root: string): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const file of files) {
    const path = join(root, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(versionLine, version))
  }
}

if (import.meta.main) setVersion(join(import.meta.dirname, '..'))
