/** Lines that say by themselves that a program ended for a reason of its own. */
interface PlainLine {
  readonly pattern: RegExp
  readonly says: string
  readonly next: string | null
}

/** Each takes one line, and time that grows with the line alone. */
const plainLines: readonly PlainLine[] = [
  {
    pattern:
      /\blookup [\w.-]{1,253}(?: on [\d.:[\]a-f]{1,60})?: (?:no such host|server misbehaving|i\/o timeout)/,
    says: 'a name cannot be resolved: by the DNS of the cluster, or because there is no such name',
    next: 'see whether the name is right, and whether the pods of the cluster DNS are ready: kubectl get pods -n kube-system -l k8s-app=kube-dns',
  },
  {
    pattern:
      /Temporary failure in name resolution|Name or service not known|[Cc]ould not resolve host|bad address '|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|Name does not resolve/,
    says: 'a name cannot be resolved: by the DNS of the cluster, or because there is no such name',
    next: 'see whether the name is right, and whether the pods of the cluster DNS are ready: kubectl get pods -n kube-system -l k8s-app=kube-dns',
  },
  {
    pattern: /\bis forbidden: User "/,
    says: 'its service account lacks a right in the API server',
    next: 'the line names the right: give it by a Role or a ClusterRole',
  },
  {
    pattern:
      /\b(?:unknown (?:flag|shorthand flag|command|option)|unrecognized option|flag provided but not defined|invalid argument .{1,80} for )/,
    says: 'the program refuses its arguments',
    next: 'compare the arguments in the pod with the version of the image',
  },
  {
    pattern: /^panic: |^fatal error: |\bpanicked at /,
    says: 'the program panicked: a bug of its own',
    next: null,
  },
  {
    pattern: /^Traceback \(most recent call last\)/,
    says: 'the program ended with an exception of its own',
    next: null,
  },
  {
    pattern: /^Exception in thread "|^Caused by: [\w.$]{1,200}/,
    says: 'the program ended with an exception of its own',
    next: null,
  },
  {
    pattern: /\bSIGSEGV\b|[Ss]egmentation fault/,
    says: 'the program accessed memory that is not its own (SIGSEGV): a bug, or a library that does not fit',
    next: null,
  },
  {
    pattern: /\b(?:connection refused|ECONNREFUSED|no route to host)\b/,
    says: 'it reaches nobody where it connects to',
    next: 'see whether what it connects to is ready, and whether a NetworkPolicy keeps it off',
  },
]

/** UTF-16 units of a line that are looked at. */
const longestLine = 2_000
/** Lines that are looked at: the last. */
const mostLines = 100

export interface PlainCause {
  readonly says: string
  readonly next: string | null
  readonly line: string
}

/** The last line that says so, of the kind that says most. */
export function plainCauseIn(log: string): PlainCause | null {
  const lines = log
    .split('\n')
    .slice(-mostLines)
    .map((line) => line.slice(0, longestLine))
  for (const { pattern, says, next } of plainLines) {
    const line = lines.findLast((one) => pattern.test(one))
    if (line !== undefined) return { says, next, line }
  }
  return null
}
