/** Thrown for a command line that cannot be meant; its message is all that is printed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Thrown when the cluster does not do what is asked; its message is all that is printed. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
}
