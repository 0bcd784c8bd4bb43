/** Lines that say by themselves why a program ended, whatever the host has. */
interface PlainLine {
  readonly pattern: RegExp
  readonly says: string
  readonly next: string | null
  /** The line that is shown, where another says more; else the one that matches. */
  readonly shows?: RegExp
  /** It may be the host after all. */
  readonly isLikely?: true
  /** Only where the pod uses the node's network. */
  readonly onHostNetwork?: true
}

/** Each takes one line, and time that grows with the line alone. */
const plainLines: readonly PlainLine[] = [
  {
    pattern: /\bexec format error\b/i,
    says: "its program is for another kind of processor than the node's, or is no program (exec format error)",
    next: 'take an image that is built for the node; a node runs programs of other processors only with binfmt_misc and QEMU',
    isLikely: true,
  },
  {
    pattern: /[Nn]o space left on device|\bENOSPC\b/,
    says: 'a file system that it writes to is full, or has no inodes left: a volume, or a disk of the node',
    next: 'df -h and df -i, in the container and on the node, show which one',
    isLikely: true,
  },
  {
    pattern: /modprobe: can't change directory to '[\w.+~-]{1,100}'/,
    says: 'modprobe finds no modules of the kernel that runs: they are not on the node (another kernel was installed since the boot?), or /lib/modules is not mounted into the container',
    next: 'on the node, "ls /lib/modules/$(uname -r)" shows whether they are there; if not, reboot it',
    isLikely: true,
  },
  {
    pattern: /(?:setting key|\/proc\/sys\/)[^\n]{1,200}[Rr]ead-only file system/,
    says: 'it may not change settings of the kernel: /proc/sys is read-only in a container that is not privileged',
    next: 'set it on the node by a file in /etc/sysctl.d, or in the pod by securityContext.sysctls where that is allowed',
    isLikely: true,
  },
  {
    pattern: /address already in use|Address in use|EADDRINUSE/,
    shows: /address already in use/i,
    says: "a port that it listens on is taken: it uses the node's network, where another program has the port",
    next: 'as root on the node, "ss -ltnup" shows which program listens there',
    isLikely: true,
    onHostNetwork: true,
  },
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
    pattern: /^Node\.js v\d/,
    shows: /^(?:Uncaught )?\w{0,60}Error\b/,
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
  readonly isLikely: boolean
}

/** The last line that says so, of the kind that says most. */
export function plainCauseIn(
  log: string,
  { hostNetwork }: { readonly hostNetwork: boolean },
): PlainCause | null {
  const lines = log
    .split('\n')
    .slice(-mostLines)
    .map((line) => line.slice(0, longestLine))
  for (const { pattern, says, next, shows, isLikely = false, onHostNetwork = false } of plainLines) {
    const line = onHostNetwork && !hostNetwork ? undefined : lines.findLast((one) => pattern.test(one))
    if (line === undefined) continue
    const shown = shows === undefined ? undefined : lines.findLast((one) => shows.test(one))
    return { says, next, line: shown ?? line, isLikely }
  }
  return null
}
