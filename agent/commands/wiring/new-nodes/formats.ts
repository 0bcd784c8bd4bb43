import { fixDaemonSet } from '#agent/cluster/fix/daemon-set.ts'
import { ansiblePlaybook } from '#agent/fixes/new-node/ansible/playbook.ts'
import { cloudInit } from '#agent/fixes/new-node/cloud-init.ts'
import { ignition } from '#agent/fixes/new-node/ignition.ts'
import { partsOf } from '#agent/fixes/new-node/plan-new-nodes.ts'
import type { NewNodes } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { longestScript } from '#agent/model/bounds.ts'
import { ClusterError, UsageError } from '#agent/commands/wiring/errors.ts'
import type { NewNodeFormat } from '#agent/commands/wiring/fix/fix-flags.ts'
import type { Catalog } from '#agent/catalog/catalog.ts'
import manifest from '../../../../package.json' with { type: 'json' }

export interface FormatOptions {
  readonly catalog: Catalog
  /** Of the DaemonSet; that of this version unless told. */
  readonly image?: string | undefined
}

/** What is printed for new nodes. */
export const newNodeFormats: Readonly<
  Record<NewNodeFormat, (nodes: readonly NewNodes[], options: FormatOptions) => string>
> = {
  'cloud-init': (nodes) => cloudInit(scriptFor(nodes), manifest.version),
  ansible: (nodes) => ansiblePlaybook(nodes, manifest.version),
  ignition: (nodes) => ignition(scriptFor(nodes)),
  daemonset: daemonSetFor,
}

function scriptFor(nodes: readonly NewNodes[]): string {
  return fixScript(partsOf(nodes), { version: manifest.version, repair: false })
}

function daemonSetFor(nodes: readonly NewNodes[], { catalog, image }: FormatOptions): string {
  const checks = [...new Set(nodes.flatMap((one) => one.checks))].toSorted()
  const custom = checks.filter((name) => catalog.get(name)?.origin === 'custom')
  if (custom.length > 0)
    throw new UsageError(
      `${custom.join(', ')}: the image knows no custom checks, so that it cannot ask them again: use another format`,
    )
  const script = scriptFor(nodes)
  if (Buffer.byteLength(script) > longestScript)
    throw new ClusterError(`the script is longer than ${longestScript} bytes: name fewer checks`)
  return fixDaemonSet({
    script,
    checks,
    image: image ?? `ghcr.io/hostdeps/hostdeps:${manifest.version}`,
    about: partsOf(nodes).flatMap(({ about }) => about),
    version: manifest.version,
  })
}
