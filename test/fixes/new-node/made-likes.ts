import { readCheckFile } from '#agent/catalog/check-file.ts'
import { loadShipped } from '#agent/catalog/load.ts'
import { fixSteps } from '#agent/fixes/fix-steps.ts'
import { newNodeFacts, newNodeFix } from '#agent/fixes/new-node/new-node-fix.ts'
import { planNewNodes } from '#agent/fixes/new-node/plan-new-nodes.ts'
import type { NewNodesPlan } from '#agent/fixes/new-node/plan-new-nodes.ts'
import type { Check } from '#agent/model/check.ts'
import type { FixFacts } from '#agent/model/facts.ts'

export const { catalog } = loadShipped()
export const allChecks: readonly string[] = [...catalog.keys()]

type Given = Pick<FixFacts, 'family' | 'installer'> & Partial<FixFacts>

/** As a node says it; a new one runs another kernel. */
function factsOf(id: string, given: Given): FixFacts {
  return {
    distro: { id, like: [], version: '12', variant: null, name: id },
    imageBased: null,
    kernel: '6.1.0-28-amd64',
    arch: 'amd64',
    container: null,
    ...given,
  }
}

export const kinds = {
  debian: factsOf('debian', { family: 'debian', installer: 'apt-get' }),
  ubuntu: factsOf('ubuntu', { family: 'debian', installer: 'apt-get' }),
  rocky: factsOf('rocky', { family: 'rhel', installer: 'dnf' }),
  azurelinux: factsOf('azurelinux', { family: 'rhel', installer: 'tdnf' }),
  fedora: factsOf('fedora', { family: 'rhel', installer: 'rpm-ostree' }),
  sles: factsOf('sles', { family: 'suse', installer: 'zypper' }),
  micro: factsOf('sl-micro', { family: 'suse', installer: 'transactional-update' }),
  alpine: factsOf('alpine', { family: 'alpine', installer: 'apk' }),
  arch: factsOf('arch', { family: 'arch', installer: 'pacman' }),
  kairos: factsOf('opensuse', { family: 'suse', installer: 'image', imageBased: 'kairos' }),
  flatcar: factsOf('flatcar', { family: null, installer: 'image', imageBased: 'flatcar' }),
  talos: factsOf('talos', { family: null, installer: 'image', imageBased: 'talos' }),
  bottlerocket: factsOf('bottlerocket', { family: null, installer: 'image', imageBased: 'bottlerocket' }),
} as const satisfies Readonly<Record<string, FixFacts>>

export type Kind = keyof typeof kinds
export const allKinds = Object.keys(kinds) as readonly Kind[]

/** For new nodes of these kinds. */
export function planOf(names: readonly Kind[], checks: readonly string[]): NewNodesPlan {
  return planNewNodes(
    names.map((name) => ({ name, facts: kinds[name], checks })),
    { catalog, isNamed: true },
  )
}

/** A check of its own; `text` is the file without its head. */
export function madeCheck(name: string, text: string): Check {
  const rules = { origin: 'custom', allowCommands: false } as const
  const read = readCheckFile(`${name}.yaml`, `title: T\nwhy: W.\n${text}`, rules)
  if (!('check' in read)) throw new Error(JSON.stringify(read))
  return read.check
}

/** The steps for a new node of a kind, in which `more` are checks too; notes begin with a hash. */
export function stepsFor(
  kind: Kind,
  checks: readonly string[],
  more: readonly Check[] = [],
  isNamed = true,
): readonly string[] {
  const all = new Map([...catalog, ...more.map((check) => [check.name, check] as const)])
  const facts = newNodeFacts(kinds[kind])
  const fix = newNodeFix({ catalog: all, facts, checks, isNamed })
  const steps = fix === null ? [] : fixSteps(fix, facts)
  return steps.map(({ type, text }) => (type === 'command' ? text : `# ${text}`))
}
