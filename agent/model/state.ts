export const states = ['ready', 'missing', 'unknown', 'not-applicable'] as const

/** Of a finding and of a check. Worst first: missing, unknown, ready; not-applicable is skipped. */
export type State = (typeof states)[number]
