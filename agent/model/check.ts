import type { FixByDistro } from './fix.ts'
import type { Need } from './need.ts'

/** A named host dependency, or a workload's whole list of them: one YAML file. */
export interface Check {
  /** The file's name without its extension: a DNS label of at most 56 characters. */
  readonly name: string
  readonly title: string
  readonly why: string
  /** Other names that people search for: DNS labels, each for one check only, and never a check's name. */
  readonly aliases: readonly string[]
  readonly needs: readonly Need[]
  readonly fix: FixByDistro | null
  readonly symptoms: readonly Symptom[]
  readonly sources: readonly string[]
  /** Container images whose pods are scheduled and cannot work without this check, so the gate keeps them off. */
  readonly images: readonly string[]
  /** Names of containers that only the workload of this check has: where one was started, the workload is. */
  readonly containers: readonly string[]
  /** Names of its CSI drivers, as they register with the kubelet. */
  readonly drivers: readonly string[]
  readonly origin: 'shipped' | 'custom'
}

/** A pattern in logs that points to the check (or to one of its needs). */
export interface Symptom {
  /** RE2 syntax. */
  readonly log: string
  readonly means: string
  /**
   * The id of the check's need that is missing where the line stands; null when it may be any of them, {@link noNeed} when it is
   * none: then no finding of the check confirms the line.
   */
  readonly need: string | null
  readonly source: string | null
  /** The part that no source confirms yet. */
  readonly unverified: string | null
  /** The line may as well be about another node or another need, so that it proves nothing of this host. */
  readonly isAmbiguous: boolean
}

/** What a symptom names in place of a need when it explains a line that is about none of them. No need has such an id. */
export const noNeed = 'none'
