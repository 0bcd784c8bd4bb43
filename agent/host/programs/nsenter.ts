import type { Answer, RunResult } from '#agent/model/question.ts'

/**
 * Runs a program in other namespaces, nsenter(1) of util-linux: `--mount=`, `--net=` … and the file of each. Never `--pid`:
 * a container cannot enter the PID namespace of an ancestor.
 */
export function nsenterArgv(
  namespaces: readonly string[],
  argv: readonly string[],
): readonly [string, ...string[]] {
  return ['nsenter', ...namespaces, '--', ...argv]
}

/** Tells nsenter's own failure to enter from what the program did. */
export function readNsenter(answer: Answer<RunResult>): Answer<RunResult> {
  if (answer.fate !== 'found') return answer
  const { exitCode, stderr } = answer.value
  if (exitCode === 127 && stderr.startsWith('cannot execute:')) {
    return { fate: 'failed', detail: 'nsenter (util-linux) is not installed beside the agent' }
  }
  const [, failure] =
    /^nsenter: ((?:cannot open|reassociate to namespace|setns|neither|stat of).*)$/m.exec(stderr) ?? []
  if (exitCode === 0 || failure === undefined) return answer
  return {
    fate: /permission denied|not permitted/i.test(failure) ? 'denied' : 'failed',
    // The numbers are those of our own process.
    detail: `nsenter: ${failure.replace(/\/proc\/\d+\/fd\/\d+/g, 'the host')}`,
  }
}
