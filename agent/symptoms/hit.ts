/** How surely a line means that the host lacks something, surest first. */
export const confidences = ['certain', 'likely', 'possible'] as const

/**
 * `certain`: nothing else prints such a line. `likely`: the line names something of the host, but others print it too.
 * `possible`: it may as well be about the container's image, or another line of the text contradicts it.
 */
export type Confidence = (typeof confidences)[number]

/** The kinds of need that a line can name the subject of. */
export type SubjectKind = 'binary' | 'kernelModule' | 'device' | 'file' | 'sysctl' | 'unit'

/** What a line itself names; a text from a log that nobody has checked. */
export interface Subject {
  readonly kind: SubjectKind
  /** "iscsiadm"; modules with _ for -, sysctls with dots. */
  readonly name: string
}

/** A line that points to a need. */
export interface Hit {
  /** The check's name; null when no check knows the subject. */
  readonly check: string | null
  /** Id of the check's need that the line is about; null: any of them. */
  readonly need: string | null
  readonly means: string
  readonly source: string | null
  /** The last such line of the text, the first is 1; 0 when only the exit code says so. */
  readonly line: number
  /** Its message without what log formats put around it: one harmless line of at most 300 UTF-16 units. */
  readonly text: string
  /** How many lines say the same. */
  readonly times: number
  /** What the line itself names; null when nothing. */
  readonly subject: Subject | null
  readonly confidence: Confidence
  /** Another line that makes it unlikely; null when none does. */
  readonly doubt: { readonly line: number; readonly text: string } | null
}
