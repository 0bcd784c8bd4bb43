import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = new URL('../../../', import.meta.url).pathname

/** As people list the overlay in their own kustomization. */
export function withAuth(parent: string): string {
  const folder = join(parent, 'with-auth')
  mkdirSync(folder)
  const at = (path: string) => relative(folder, join(root, path))
  const kustomization = { resources: [at('manifests')], components: [at('manifests/overlays/auth')] }
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization))
  return folder
}
