import { commandModule, literal, shellModule, taskName } from './task.ts'
import type { Task } from './task.ts'

/** A command of a check's file. Each may be run twice; whether it changes something it does not tell. */
export function runTasks(command: string): readonly Task[] {
  const [, units] = /^systemctl enable --now ([\w@.:-]+(?: [\w@.:-]+)*)$/.exec(command) ?? []
  if (units !== undefined)
    return units.split(' ').map((name) => ({
      name: taskName(`Enable and start ${name}`),
      'ansible.builtin.systemd_service': { name, enabled: true, state: 'started' },
    }))
  const module = /^[\w\s./:,@=+-]+$/.test(command) ? commandModule : shellModule
  return [{ name: taskName(`Run ${command}`), [module]: { cmd: literal(command) }, changed_when: false }]
}
