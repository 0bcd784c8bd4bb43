import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { load } from '../agent/catalog/load.ts'
import type { Check } from '../agent/model/check.ts'
import { namesPolicy, requiresPolicy, warningsPolicy, workloadsPolicy } from './gate-policies.ts'
import { knownWorkloads } from './known-workloads.ts'

/** Where what is generated stands. */
export const folder = join(import.meta.dirname, 'overlays/gate')

/** The gate's policies by file name: all of them read what is published in the same way. */
export function generated(checks: readonly Check[]): Readonly<Record<string, string>> {
  return {
    'requires-policy.yaml': render(
      'Turns the annotation into node selectors, for the checks that are published.',
      requiresPolicy(),
    ),
    'workloads-policy.yaml': render(
      'Gives known workloads the node selectors of their checks. A pod that says itself what it requires, or "none", is left alone.',
      workloadsPolicy(knownWorkloads(checks)),
    ),
    'names-policy.yaml': render(
      'Refuses an annotation that names what is not published, where a person writes it.',
      namesPolicy(),
    ),
    'warnings-policy.yaml': render('Warns of annotations that keep no pod off.', warningsPolicy()),
  }
}

function render(says: string, policy: object): string {
  return `# Generated: npm run generate writes it anew (manifests/gate-policies.ts).\n# ${says}\n${stringify(policy, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

if (import.meta.main) {
  const { catalog } = load({ config: null, ownChecks: null, allowCommands: false })
  for (const [name, text] of Object.entries(generated([...catalog.values()])))
    writeFileSync(join(folder, name), text)
}
