/** A task of a playbook: what it does stands under the name of a module of Ansible's own. */
export interface Task {
  readonly name: string
  readonly [key: string]: unknown
}

export const shellModule = 'ansible.builtin.shell'
export const commandModule = 'ansible.builtin.command'

/** Nothing in a text is a template, whatever it holds. */
export function literal(text: string): string {
  return text.replaceAll(/\{(?=[{%#])/g, "{{ '{' }}")
}

/** A text within a template. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}

/** A name is a template too, and ansible-lint wants it without one. */
export function taskName(text: string): string {
  const line = text.replaceAll(/[{}\s]+/g, ' ').trim()
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}

/** What a shell says as its last word when it has changed something. */
export const changed = 'hostdeps: changed'

/** A shell's command, as a template, that tells by itself whether it changed something. */
export function tellingTask(name: string, cmd: string): Task {
  return {
    name: taskName(name),
    [shellModule]: { cmd },
    register: 'hostdeps_result',
    changed_when: `'${changed}' in hostdeps_result.stdout`,
  }
}
