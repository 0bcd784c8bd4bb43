import { closure } from '#agent/model/closure.ts'
import type { KnownNames } from '#agent/model/did-you-mean.ts'
import { checkNameOf } from './check-file.ts'
import type { CheckText } from './check-file.ts'

/** A file whose value is known without reading it. */
export type KnownText = CheckText & { readonly value: object }

export function isKnown(text: CheckText): text is KnownText {
  return typeof text.value === 'object' && text.value !== null
}

/** The named checks and all that they name in turn: what they include and what they conflict with. */
export function reachableTexts(texts: readonly KnownText[], names: readonly string[]): readonly KnownText[] {
  const byName = new Map(texts.map((text) => [checkNameOf(text.file), text]))
  const reached = closure(names, (name) => namedIn(byName.get(name)?.value))
  return texts.filter((text) => reached.has(checkNameOf(text.file)))
}

export function knownNames(texts: readonly KnownText[]): KnownNames {
  const aliases = texts.flatMap(({ file, value }) =>
    'aliases' in value && Array.isArray(value.aliases)
      ? value.aliases.map((alias) => [String(alias), checkNameOf(file)])
      : [],
  )
  return { names: texts.map(({ file }) => checkNameOf(file)), aliases: Object.fromEntries(aliases) }
}

/** The values of every key that names checks, at any depth. */
function namedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'check') return [String(inner)]
    return key === 'conflicts' && typeof inner === 'object' && inner !== null
      ? Object.keys(inner)
      : namedIn(inner)
  })
}
