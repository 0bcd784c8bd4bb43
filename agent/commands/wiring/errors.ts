/** Thrown for a wrong command line; only its message is printed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Thrown when the cluster refuses or fails a request; only its message is printed. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
}
