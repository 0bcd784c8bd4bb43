/** Worst first, with not-applicable last: it is skipped wherever several states become one. */
export const states = ['missing', 'unknown', 'ready', 'not-applicable'] as const

/** The state of a finding and of a check. */
export type State = (typeof states)[number]

/** The worst of several; not-applicable when all are. */
export function worstState(several: readonly State[]): State {
  return states.find((state) => several.includes(state)) ?? 'not-applicable'
}

/** Pods that need the check can run here: what the gate, /ready/<check> and hostdeps_check_ready go by. */
export function isUsable(state: State): boolean {
  return state === 'ready' || state === 'not-applicable'
}
