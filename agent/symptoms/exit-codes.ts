/** What the exit code of a container says by itself. */
export interface ExitMeaning {
  readonly means: string
  /** Something outside ended the process: what its log says is not why. */
  readonly isKilled: boolean
  readonly source: string
}

const shell = 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02'
const signals = 'https://man7.org/linux/man-pages/man7/signal.7.html'

const meanings: Readonly<Record<number, ExitMeaning>> = {
  126: {
    means:
      'a command was found but could not be executed: its mode, its format, or a file system mounted noexec',
    isKilled: false,
    source: shell,
  },
  127: {
    means: 'a command was not found, by a shell of the image or by nsenter on the host',
    isKilled: false,
    source: shell,
  },
  132: {
    means: 'SIGILL: the program uses an instruction that this processor does not have',
    isKilled: false,
    source: signals,
  },
  137: {
    means:
      'SIGKILL: out of memory, or the kubelet ended it (a liveness probe, a deletion); a missing dependency of the host does not end a process so',
    isKilled: true,
    source: signals,
  },
  139: {
    means: 'SIGSEGV: a bug of the program, or a library or kernel that does not fit it',
    isKilled: false,
    source: signals,
  },
  143: {
    means: 'SIGTERM: it was asked to end; a missing dependency of the host does not end a process so',
    isKilled: true,
    source: signals,
  },
}

/** null for a code that says nothing by itself. */
export function exitMeaning(code: number | undefined): ExitMeaning | null {
  return (code === undefined ? undefined : meanings[code]) ?? null
}
