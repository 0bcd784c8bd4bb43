/** Of a finding and of a check. Worst first: missing, unknown, ready; not-applicable is skipped. */
export type State = 'ready' | 'missing' | 'unknown' | 'not-applicable'
