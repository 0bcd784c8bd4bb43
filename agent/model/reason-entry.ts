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
  return names.join(' or ')
}

export function listSome(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
