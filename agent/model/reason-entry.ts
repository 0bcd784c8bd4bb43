/** A reason's sentence, tied to the one state that it proves. */
export function ready<A>(text: (args: A) => string) {
  return { state: 'ready' as const, text }
}

export function missing<A>(text: (args: A) => string) {
  return { state: 'missing' as const, text }
}

export function unknown<A>(text: (args: A) => string) {
  return { state: 'unknown' as const, text }
}

export function notApplicable<A>(text: (args: A) => string) {
  return { state: 'not-applicable' as const, text }
}

export function orList(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : (names[0] ?? '')
}

/** The first few of many alternatives; the findings have them all. */
export function fewOf(messages: readonly string[]): string {
  const shown = messages.length <= 5 ? messages : messages.slice(0, 4)
  const more = messages.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

export function listSome(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
