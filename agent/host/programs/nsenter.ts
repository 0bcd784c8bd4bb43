import type { Answer, RunResult } from '#agent/model/question.ts'

/**
 * Runs a program in other namespaces with nsenter(1) of util-linux: `--mount=`, `--net=` … with a file each. Never `--pid`: a
 * container cannot enter an ancestor's PID namespace.
 */
export function nsenterArgv(
  namespaces: readonly string[],
  argv: readonly string[],
): readonly [string, ...string[]] {
  return ['nsenter', ...namespaces, '--', ...argv]
}

/** Distinguishes nsenter's failure to enter from a failure of the program. */
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
    // These numbers belong to our own process.
    detail: `nsenter: ${failure.replace(/\/proc\/\d+\/fd\/\d+/g, 'the host')}`,
  }
}
