import type { Fix } from '#agent/model/fix.ts'

/** Commands that switch off or throw away what somebody may use. */
const takesAway =
  /\b(systemctl (disable|mask|stop)|swapoff|ufw disable|auditctl|crictl rmi|rc-update del|rc-service \S+ stop)\b/

/** A note that something else may be done instead, or has to be done before. */
const isOther = /^(Or|First) /

/**
 * Whoever reads a fix chooses; a script that nobody read must not. Of a fix that switches something off, has an alternative or a first
 * step for a person, the commands become a note.
 */
export function withoutChoice(fix: Fix): Fix {
  const { run = [], note } = fix
  const isChoice =
    run.some((command) => takesAway.test(command)) || (note !== undefined && isOther.test(note))
  if (!isChoice || run.length === 0) return fix
  const said = `Not run unless its check is named: ${run.map((command) => command.replaceAll('\n', ' ')).join('; ')}`
  return { ...fix, run: [], note: [...(note === undefined ? [] : [note]), said].join('\n') }
}
