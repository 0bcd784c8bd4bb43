import { release } from 'node:os'
import type { Answer } from '#agent/model/question.ts'
import type { FileQuestion } from '#agent/host/files/ask-files.ts'
import type { NamespaceKind, Target } from '#agent/host/processes/target.ts'

/**
 * Settings below /proc/sys that the kernel keeps per namespace: a reader gets those of its own namespaces, through whatever
 * root it reads.
 */
const places: readonly { readonly kind: NamespaceKind; readonly pattern: RegExp }[] = [
  { kind: 'net', pattern: /^\/proc\/sys\/net\// },
  // https://man7.org/linux/man-pages/man7/ipc_namespaces.7.html
  {
    kind: 'ipc',
    pattern: /^\/proc\/sys\/(fs\/mqueue\/|kernel\/(sem|shm|msg|auto_msgmni)\w*$)/,
  },
  // https://man7.org/linux/man-pages/man7/uts_namespaces.7.html
  { kind: 'uts', pattern: /^\/proc\/sys\/kernel\/(hostname|domainname)$/ },
  // https://man7.org/linux/man-pages/man7/namespaces.7.html
  { kind: 'user', pattern: /^\/proc\/sys\/user\// },
  { kind: 'pid', pattern: /^\/proc\/sys\/kernel\/ns_last_pid$/ },
  ...(hasOwnPidMax(release()) ? [{ kind: 'pid', pattern: /^\/proc\/sys\/kernel\/pid_max$/ } as const] : []),
]

/** Questions about files, by where the host's answer can be read. */
export interface SplitQuestions {
  /** Here: the value is the same for us. */
  readonly shared: readonly FileQuestion[]
  /** Only in namespaces of the host, which a child can enter. */
  readonly inner: readonly FileQuestion[]
  /** Only in PID and user namespaces, which cannot be entered from below. */
  readonly closed: readonly FileQuestion[]
}

/** Splits off the settings whose namespace on the host is not ours. */
export function splitSettings(questions: readonly FileQuestion[], { others }: Target): SplitQuestions {
  const kindOf = (question: FileQuestion) => {
    const kind = 'path' in question ? settingKind(question.path) : null
    return kind !== null && others.has(kind) ? kind : null
  }
  const of = (group: keyof SplitQuestions) =>
    questions.filter((question) => groupOf(kindOf(question)) === group)
  return { shared: of('shared'), inner: of('inner'), closed: of('closed') }
}

/** nsenter's flags for every namespace that can be entered. */
export function settingFlags({ others }: Target): string[] {
  return [...others].flatMap(([kind, file]) => (groupOf(kind) === 'inner' ? [`--${kind}=${file}`] : []))
}

export const notOurs: Answer<never> = {
  fate: 'failed',
  detail:
    'the kernel shows a container its own value, and the value of the host only to processes of the host',
}

function groupOf(kind: NamespaceKind | null): keyof SplitQuestions {
  if (kind === null) return 'shared'
  return kind === 'pid' || kind === 'user' ? 'closed' : 'inner'
}

/** The kind of namespace that decides the value at a path; null when the machine has a single value. */
function settingKind(path: string): NamespaceKind | null {
  return places.find(({ pattern }) => pattern.test(path))?.kind ?? null
}

/** Since Linux 6.14, each PID namespace has its own: https://docs.kernel.org/admin-guide/sysctl/kernel.html#pid-max */
export function hasOwnPidMax(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 14)
}
