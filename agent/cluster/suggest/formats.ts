import { stringify } from 'yaml'
import { renderColumns } from '#agent/render/columns.ts'
import { checksLine } from './config-text.ts'
import type { Evidence, InPods } from './evidence.ts'
import type { SuggestFormat } from './format-names.ts'
import type { Published } from './published.ts'
import type { Suggestion, Suggestions } from './suggest.ts'

/** All that `hostdeps suggest` says. No text in it is from the cluster, but for the config within the quotes of the command. */
export interface Advice extends Suggestions {
  readonly publishedFrom: Published['from']
  /** kubectl's, which sets the config; null where there is none, or nothing is to be set. */
  readonly command: string | null
}

/** By name. */
export const suggestFormats = {
  text: renderAdvice,
  json: (advice) => `${JSON.stringify({ v: 1, ...advice }, null, 2)}\n`,
  yaml: (advice) => stringify({ v: 1, ...advice }, { lineWidth: 0, aliasDuplicateObjects: false }),
} satisfies Record<SuggestFormat, (advice: Advice) => string>

function renderAdvice(advice: Advice): string {
  const { suggestions } = advice
  if (suggestions.length === 0)
    return 'Nothing to suggest: nothing was found in the cluster that a check is for.\n'
  if (suggestions.every(({ isPublished }) => isPublished))
    return `Nothing to suggest: what was found is published (${suggestions.map(({ check }) => check).join(', ')}).\n`
  const rows = suggestions.map((one) => [one.check, whyOf(one), publishedWord(one)])
  return renderColumns(['CHECK', 'WHY', 'PUBLISHED'], rows) + renderLine(advice) + renderCommand(advice)
}

function publishedWord({ isPublished }: Suggestion): string {
  return isPublished === null ? '?' : isPublished ? 'yes' : 'no'
}

/** Crashes, and the best of the rest: a driver's container says the same as its image. */
function whyOf({ why }: Suggestion): string {
  const crash = why.filter(({ by }) => by === 'crash')
  const rest = why.filter(({ by }) => by !== 'crash')
  return [...crash, ...rest.slice(0, 1)].map(wordsOf).join('; ')
}

function wordsOf(evidence: Evidence): string {
  switch (evidence.by) {
    case 'crash':
      return `${many(evidence.containers, 'container')} ${evidence.containers === 1 ? 'crashes' : 'crash'} on ${many(evidence.nodes, 'node')}`
    case 'image':
      return `image ${evidence.image} in ${inPods(evidence)}`
    case 'container':
      return `container ${evidence.container} in ${inPods(evidence)}`
    case 'driver':
      return `driver ${evidence.driver}${driverPlaces(evidence)}`
    case 'volume':
      return `${evidence.volume} volumes: ${volumePlaces(evidence)}`
    default:
      return `seen on ${many(evidence.nodes, 'node')}`
  }
}

/** Namespaces that are named. */
const mostNamed = 2

function inPods({ pods, namespaces }: InPods): string {
  if (namespaces.length === 0) return many(pods, 'pod')
  const rest = namespaces.length - mostNamed
  const named = namespaces.slice(0, mostNamed).join(', ')
  return `${many(pods, 'pod')} (${named}${rest > 0 ? ` and ${rest} more` : ''})`
}

function driverPlaces({ nodes, volumes }: Evidence & { readonly by: 'driver' }): string {
  return (nodes > 0 ? ` on ${many(nodes, 'node')}` : '') + (volumes > 0 ? `, ${many(volumes, 'volume')}` : '')
}

function volumePlaces({ volumes, ...places }: Evidence & { readonly by: 'volume' }): string {
  return [
    ...(volumes > 0 ? [many(volumes, 'PersistentVolume')] : []),
    ...(places.pods > 0 ? [inPods(places)] : []),
  ].join(', ')
}

function many(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

const headings: Readonly<Record<Published['from'] & string, string>> = {
  config: "The config's line:",
  nodes: "The config's line (what Nodes have labels for, and what is suggested):",
  default: "The config's line (the defaults, and what is suggested):",
}

function renderLine({ checks, added, left, publishedFrom }: Advice): string {
  const tooMany =
    left.length === 0
      ? ''
      : `\nA Node has no room for more checks: ${left.join(', ')} ${left.length === 1 ? 'is' : 'are'} left out.\n`
  if (added.length === 0 && publishedFrom !== 'default') return tooMany
  return publishedFrom === null
    ? `${tooMany}\nAdd to the config's checks: ${added.join(', ')}\n`
    : `${tooMany}\n${headings[publishedFrom]}\n  ${checksLine(checks)}\n`
}

function renderCommand({ command }: Advice): string {
  if (command === null) return ''
  return `\nThis sets it at once. If you apply the ConfigMap from files, change the line there too.\n  ${command}\n`
}
