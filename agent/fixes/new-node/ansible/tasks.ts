import { bringsNextImage, fitKernel } from '#agent/fixes/fix-steps.ts'
import { hasLostEtc } from '#agent/fixes/image.ts'
import { loadModule, setSysctl } from '#agent/fixes/lasting-lines.ts'
import { marks } from '#agent/fixes/script/fix-script.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { installTasks } from './install-tasks.ts'
import { moduleTasks, sysctlTasks } from './kernel-tasks.ts'
import { runTasks } from './run-tasks.ts'
import type { Task } from './task.ts'

/** A fix as tasks, in the order of its script. */
export function tasksOf(given: Fix, facts: FixFacts): readonly Task[] {
  const fix = fitKernel(given, facts)
  const installs = [fix.packages ?? [], ...(fix.packagesApart ?? [])].flatMap((group) =>
    installTasks(group, facts),
  )
  const rest = [...kernelTasks(fix, facts), ...(fix.run ?? []).flatMap(runTasks)]
  return installs.length > 0 && bringsNextImage(facts)
    ? [...installs, ...onceBooted(rest, facts)]
    : [...installs, ...rest]
}

/** Where /etc is made anew at each boot, the commands know where to write instead. */
function kernelTasks(fix: Fix, facts: FixFacts): readonly Task[] {
  if (!hasLostEtc(facts)) return [...moduleTasks(fix.modules ?? []), ...sysctlTasks(fix, facts)]
  const lines = [
    ...(fix.modules ?? []).map((name) => loadModule(name, facts)),
    ...Object.entries(fix.sysctls ?? {}).flatMap((pair) => setSysctl(pair, { facts, fix })),
  ]
  return lines.flatMap(runTasks)
}

/** What belongs to packages of the next image can be done only once that is booted. */
function onceBooted(rest: readonly Task[], { installer }: FixFacts): readonly Task[] {
  const waits = 'hostdeps_next.stat.exists'
  return [
    {
      name: 'See whether the next image waits for a reboot',
      'ansible.builtin.stat': { path: marks[installer] },
      register: 'hostdeps_next',
    },
    {
      name: 'Say that it does',
      'ansible.builtin.debug': {
        msg: 'Reboot this host and play this again: the rest can be done only then.',
      },
      when: waits,
    },
    ...(rest.length === 0 ? [] : [{ name: 'Set up what is booted', when: `not ${waits}`, block: rest }]),
  ]
}
