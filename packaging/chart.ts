import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { makeArchive } from './archive.ts'

/** A Helm chart as `helm package` names and fills it, but the same for the same files. */
export interface PackedChart {
  readonly name: string
  readonly bytes: Buffer
}

/** @param folder of Chart.yaml; its .helmignore may name only what begins with a dot, and leftovers of editors */
export async function packChart(folder: string, date: Date): Promise<PackedChart> {
  const { name, version }: { name: string; version: string } = parse(
    readFileSync(join(folder, 'Chart.yaml'), 'utf8'),
  )
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)\.|\.(?:tgz|orig)$|~$/.test(path))
  const isHead = (path: string) => path === 'Chart.yaml'
  const sorted = [...files.filter(isHead), ...files.filter((path) => !isHead(path)).toSorted()]
  const entries = sorted.map((path) => ({
    name: `${name}/${path}`,
    bytes: readFileSync(join(folder, path)),
    mode: 0o644,
  }))
  return { name: `${name}-${version}.tgz`, bytes: await makeArchive(entries, date) }
}
