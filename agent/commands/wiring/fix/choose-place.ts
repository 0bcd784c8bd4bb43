import { aliasesOf } from '#agent/catalog/catalog.ts'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { FixFlags } from './fix-flags.ts'

/** Whether Nodes of a cluster are meant, or this host: names that are all names of checks mean this host. */
export function choosePlace(names: readonly string[], flags: FixFlags, isPlugin: boolean): 'nodes' | 'here' {
  const { all = false, selector, check, kubeconfig, context, as } = flags
  const chosen = [names.length > 0, selector !== undefined, all].filter(Boolean).length
  if (chosen > 1) throw new UsageError('use names, -l or --all, and only one of them')
  if (selector !== undefined || all) return 'nodes'
  const isMeant = isPlugin || check.length > 0 || [kubeconfig, context, as].some((one) => one !== undefined)
  if (names.length === 0) {
    if (isMeant) throw new UsageError('name Nodes, or use -l or --all')
    return 'here'
  }
  if (isMeant) return 'nodes'
  const { catalog } = loadFrom(flags)
  const strange = names.filter((name) => !catalog.has(name))
  if (strange.length === 0) return 'here'
  if (findKubeAccess({ file: null, context: null }) !== null) return 'nodes'
  const known = { names: [...catalog.keys()], aliases: aliasesOf(catalog) }
  const lines = strange.map((name) => noSuchCheck(name, known))
  throw new UsageError(
    [...lines, 'for Nodes, no kubeconfig was found: set KUBECONFIG, or use --kubeconfig'].join('\n'),
  )
}

/** What is of no use is refused, so that nobody believes in it: by the names of the flags that were given. */
export function refuseIdle(given: readonly string[], { output }: FixFlags, place: 'nodes' | 'here'): void {
  const refuse = (names: readonly string[], words: string) => {
    const idle = names.find((name) => given.includes(name))
    if (idle !== undefined) throw new UsageError(`${flagOf(idle)} ${words}`)
  }
  if (output !== 'script')
    refuse(
      ['apply', 'yes', 'repair', 'parallel', 'timeout'],
      `does not go with -o ${output}, which is for new nodes`,
    )
  if (output !== 'daemonset' && !given.includes('apply'))
    refuse(['image'], 'goes with --apply or -o daemonset')
  if (given.includes('apply')) refuse(['output'], 'goes without --apply')
  else refuse(['yes', 'parallel', 'timeout'], 'goes with --apply')
  if (place === 'nodes')
    refuse(['procfs', 'targetPid', 'deadline', 'allowCommands'], 'goes with checks of this host')
  else refuse(['parallel', 'timeout', 'namespace', 'asGroup'], 'goes with Nodes')
  if (place === 'here' && output !== 'daemonset') refuse(['image'], 'goes with Nodes')
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
