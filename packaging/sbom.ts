import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import type { BundledPackage } from './bundled-packages.ts'

const { Bom, Component, Metadata, Property } = Models
const licenses = new Contrib.License.Factories.LicenseFactory((words) => {
  // The lock file has but ids, and such as "(MIT AND Zlib)".
  if (!/^\(?[\w.+-]+(?: (?:AND|OR) [\w.+-]+)*\)?$/.test(words)) throw new Error(`no licence: ${words}`)
})

/** What a release is of. */
export interface Subject {
  readonly version: string
  /** null where none is known: then it says none. */
  readonly date: Date | null
  /** The version of Node.js that is in it; null for none. */
  readonly node: string | null
}

/** A software bill of materials in CycloneDX's JSON: what is in the bundle, by the lock file, and Node.js. */
export function renderSbom(packages: readonly BundledPackage[], { version, date, node }: Subject): string {
  const hostdeps = component('hostdeps', version, {
    type: Enums.ComponentType.Application,
    license: 'Apache-2.0',
    purl: `pkg:npm/hostdeps@${version}`,
  })
  const parts = [...(node === null ? [] : [componentOfNode(node)]), ...packages.map(componentOf)]
  const metadata = new Metadata({ component: hostdeps, ...(date !== null && { timestamp: date }) })
  const bom = new Bom({ metadata })
  for (const part of parts) {
    bom.components.add(part)
    hostdeps.dependencies.add(part.bomRef)
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

function componentOfNode(version: string): Models.Component {
  const purl = `pkg:generic/node@${version}`
  return component('node', version, { type: Enums.ComponentType.Platform, license: 'MIT', purl })
}

function componentOf({ name, version, integrity, license, folder }: BundledPackage): Models.Component {
  const made = component(name, version, {
    type: Enums.ComponentType.Library,
    license,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  })
  const [algorithm, digest = ''] = integrity.split('-')
  if (algorithm === 'sha512')
    made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(digest, 'base64').toString('hex'))
  // The same version may be there twice, below different packages.
  made.properties.add(new Property('cdx:npm:package:path', folder))
  made.bomRef.value = folder
  return made
}

interface Facts {
  readonly type: Enums.ComponentType
  readonly license: string | undefined
  readonly purl: string
}

function component(name: string, version: string, { type, license, purl }: Facts): Models.Component {
  const made = new Component(type, name, { version, purl, bomRef: purl })
  if (license !== undefined) made.licenses.add(licenses.makeFromString(license))
  return made
}
