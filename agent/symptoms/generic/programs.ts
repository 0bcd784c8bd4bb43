import type { Subject } from '#agent/symptoms/hit.ts'
import type { GenericPattern } from './generic-patterns.ts'
import { quote } from './parts.ts'

const program = String.raw`(?P<name>/?[\w.+@-][\w.+@/-]*)`

const nsenter = 'https://github.com/util-linux/util-linux/blob/master/sys-utils/nsenter.c'
const goExec = 'https://pkg.go.dev/os/exec#ErrNotFound'
const shells = 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html'

/** Programs that were not found, by whoever looked for them. */
export const programPatterns: readonly GenericPattern[] = [
  {
    log: `nsenter: (?:failed to execute|can't execute) ${quote}${program}${quote}: (?:No such file or directory|Permission denied)`,
    kind: 'binary',
    means: (name) => `${name} is not on the PATH of the namespace that nsenter entered: the host's`,
    source: nsenter,
    confidence: 'certain',
  },
  {
    log: `chroot: (?:failed to run command|can't execute) ${quote}${program}${quote}: (?:No such file or directory|Permission denied)`,
    kind: 'binary',
    means: (name) => `${name} is not in the root that chroot entered: mostly the host's`,
    source: 'https://www.gnu.org/software/coreutils/manual/html_node/chroot-invocation.html',
    confidence: 'likely',
  },
  {
    log: `(?:nsenter|chroot|/host)[^\\n]*(?:exec|fork/exec)[: ]+"?${program}"?: (?:executable file not found in \\$PATH|no such file or directory)`,
    kind: 'binary',
    means: (name) => `a command for the host found no ${name}`,
    source: goExec,
    confidence: 'likely',
  },
  {
    log: `exec: "${program}": (?:executable file not found in|stat )`,
    kind: 'binary',
    means: (name) => `the process found no ${name}: in the host if it runs there, else in its own image`,
    source: goExec,
    confidence: 'possible',
  },
  {
    log: `(?:^|[ /])env: ${quote}(?:can't execute )?${quote}${program}${quote}: No such file or directory`,
    kind: 'binary',
    means: (name) => `env found no ${name}: in the host if it was run there, else in the image`,
    source: 'https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html',
    confidence: 'possible',
  },
  {
    log: `(?:^|[\\s:;"'/])${program}: command not found`,
    kind: 'binary',
    means: (name) => `a shell found no ${name}: in the host if it ran there, else in the image`,
    source: shells,
    confidence: 'possible',
  },
  {
    log: `(?:^|[\\s/"])(?:ba|da|a|k|z)?sh: (?:line )?(?:\\d+: )?${program}: not found`,
    kind: 'binary',
    means: (name) => `a shell found no ${name}: in the host if it ran there, else in the image`,
    source: shells,
    confidence: 'possible',
  },
  {
    log: `(?:stat|lstat|exec|fork/exec) (?P<name>/(?:usr/)?(?:local/)?s?bin/[\\w.+@-]+): no such file or directory`,
    kind: 'binary',
    means: (name) => `there is no ${name}: in the host if it was looked for there, else in the image`,
    source: goExec,
    confidence: 'possible',
    isOnlyKnown: true,
  },
  {
    log: `${program}: error while loading shared libraries: `,
    kind: 'binary',
    means: (name) =>
      `${name} is there, but a library of it is not: in the host if it ran there, else in the image`,
    source: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
    confidence: 'possible',
  },
  {
    log: `${quote}${program}${quote}:? (?:executable (?:file )?)?not found in (?:system |the )?\\$?(?:PATH|path)\\b`,
    kind: 'binary',
    means: (name) => `${name} is not on the PATH: the host's if it was run there, else the image's`,
    source: goExec,
    confidence: 'possible',
    subjects: namedProgram,
  },
]

/** In "executable file not found in $PATH" no program is named. */
function namedProgram(name: string): readonly Subject[] {
  const isWord =
    /^(?:file|files|it|is|was|be|are|were|executable|program|command|binary|module|plugin)$/i.test(name)
  return isWord ? [] : [{ kind: 'binary', name }]
}
