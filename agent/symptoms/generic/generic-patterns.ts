import type { Confidence, Subject } from '#agent/symptoms/hit.ts'
import { modulePatterns } from './modules.ts'
import { placePatterns } from './places.ts'
import { programPatterns } from './programs.ts'

/** A line that many programs print, and that names what is missing. */
export interface GenericPattern {
  /** RE2 syntax; the group `name` is the subject's name. */
  readonly log: string
  readonly kind: Subject['kind']
  readonly means: (name: string) => string
  readonly source: string
  readonly confidence: Confidence
  /** The subjects that may be meant, the likeliest first; none when the name is nothing that a host must have. */
  readonly subjects?: (name: string) => readonly Subject[]
  /** Only needs that a check has are worth telling: by itself the name says too little. */
  readonly isOnlyKnown?: true
}

/** Lines of which the same words stand in the logs of many projects. */
export const genericPatterns: readonly GenericPattern[] = [
  ...programPatterns,
  ...modulePatterns,
  ...placePatterns,
]
