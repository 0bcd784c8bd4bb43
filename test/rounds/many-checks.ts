import { load } from '#agent/catalog/load.ts'

/** Shipped checks that take in others: what own checks of workloads take in themselves. */
function workloads(): string[] {
  const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
  const checks = [...catalog.values()].filter(({ needs }) => needs.some(({ type }) => type === 'check'))
  return checks.map(({ name }) => name)
}

/** Own checks as people write them, by name: each takes in Longhorn's and another workload's, and asks for a file of its own. */
export function manyChecks(count: number): Record<string, string> {
  const others = workloads().filter((name) => name !== 'longhorn')
  const texts = Array.from({ length: count }, (_, number) => {
    const other = others[number % others.length] ?? 'nfs-client'
    return [`own-${number}`, textOf(number, other)] as const
  })
  return Object.fromEntries(texts)
}

function textOf(number: number, other: string): string {
  return `title: Workload ${number} of ours
why: Its pods keep their data on volumes of Longhorn, and crash where one cannot be attached.
needs:
  - check: longhorn
  - check: ${other}
    why: Workload ${number} talks to it on its own node.
  - file: /etc/ours/workload-${number}.conf
    recommended: true
fix:
  all: { note: 'Ask the team that runs workload ${number}.' }
`
}
