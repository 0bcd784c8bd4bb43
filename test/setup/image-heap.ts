import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

const place = (name: string) => new URL(`../../${name}`, import.meta.url)

/** NODE_OPTIONS of the image, as the Dockerfile has them. */
export function imageHeap(): string {
  const [, flags] = /^ARG HEAP="(.+)"$/m.exec(readFileSync(place('Dockerfile'), 'utf8')) ?? []
  if (flags === undefined) throw new Error('the Dockerfile says no HEAP')
  return flags
}

/** What the image sets for Node.js' and glibc's memory. */
export function imageMemory(): Readonly<Record<string, string>> {
  const settings = readFileSync(place('Dockerfile'), 'utf8').matchAll(/\b(MALLOC_\w+)=(\d+)/g)
  return {
    NODE_OPTIONS: imageHeap(),
    ...Object.fromEntries([...settings].map(([, name, value]) => [name, value])),
  }
}

/** MiB that a container of the DaemonSet may use. */
export function memoryLimit(name: 'prober' | 'server'): number {
  const { spec } = parse(readFileSync(place('manifests/base/daemon-set.yaml'), 'utf8'))
  const container = spec.template.spec.containers.find((one: { name: string }) => one.name === name)
  const [, limit] = /^(\d+)Mi$/.exec(container.resources.limits.memory) ?? []
  return Number(limit)
}
