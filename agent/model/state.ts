/** Worst first. not-applicable is last, because it is skipped when several states become one. */
export const states = ['missing', 'unknown', 'ready', 'not-applicable'] as const

/** The state of a finding and of a check. */
export type State = (typeof states)[number]

/** The worst of several states; not-applicable when all are. */
export function worstState(several: readonly State[]): State {
  return states.find((state) => several.includes(state)) ?? 'not-applicable'
}

/** Whether pods that need the check can run here, for /ready/<check> and hostdeps_check_ready. */
export function isUsable(state: State): boolean {
  return state === 'ready' || state === 'not-applicable'
}

/** How many there are of each state, worst first; only the states that occur. */
export function countStates(
  checks: readonly { readonly state: State }[],
): { readonly state: State; readonly count: number }[] {
  return states
    .map((state) => ({ state, count: checks.filter((check) => check.state === state).length }))
    .filter(({ count }) => count > 0)
}

/** Which checks have a condition on the Node: each, those that are missing or unknown, or none. */
export const shownConditions = ['all', 'problems', 'none'] as const

export type ShownConditions = (typeof shownConditions)[number]
