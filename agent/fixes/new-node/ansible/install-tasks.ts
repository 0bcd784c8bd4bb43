import { aptEnvironment, installLines, isWithoutWeak, zypperNews } from '#agent/fixes/install-lines.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import { changed, commandModule, tellingTask, taskName } from './task.ts'
import type { Task } from './task.ts'

/** Seconds: for whoever holds the lock, as the script waits. */
const lockTimeout = 300

/** For apt and dnf Ansible has a module of its own; the others are asked first what is there. */
export function installTasks(packages: readonly string[], facts: FixFacts): readonly Task[] {
  const { installer } = facts
  if (packages.length === 0 || installer === 'image' || installer === 'unknown') return []
  const name = taskName(`Install ${packages.join(', ').replaceAll('$(uname -r)', 'of the running kernel')}`)
  const names = packages.map((one) => one.replace('$(uname -r)', '{{ hostdeps_kernel.stdout }}'))
  if (installer === 'apt-get')
    return [
      ...kernelTasks(packages),
      {
        name,
        'ansible.builtin.apt': {
          name: names,
          state: 'present',
          update_cache: true,
          lock_timeout: lockTimeout,
        },
        environment: aptEnvironment,
      },
    ]
  if (installer === 'dnf')
    return [
      ...kernelTasks(packages),
      {
        name,
        'ansible.builtin.dnf': {
          name: names,
          state: 'present',
          lock_timeout: lockTimeout,
          ...(isWithoutWeak(packages) && { install_weak_deps: false }),
        },
      },
    ]
  const words = packages.join(' ')
  const has = hasAll[installer](words)
  const install = installLines(packages, facts).join('; ') + (installer === 'zypper' ? ofZypper : '')
  return [tellingTask(name, `${has} || { ${install} && echo '${changed}'; }`)]
}

function kernelTasks(packages: readonly string[]): readonly Task[] {
  if (!packages.some((name) => name.includes('$(uname -r)'))) return []
  return [
    {
      name: "Read the kernel's release",
      [commandModule]: { cmd: 'uname -r' },
      register: 'hostdeps_kernel',
      changed_when: false,
      check_mode: false,
    },
  ]
}

const ofZypper = ` || case $? in ${zypperNews}) ;; *) false ;; esac`

const byRpm = (packages: string) => `rpm -q --whatprovides ${packages} > /dev/null 2>&1`

/** Whether they are all there already, as what installs them counts. */
const hasAll = {
  tdnf: byRpm,
  yum: byRpm,
  zypper: byRpm,
  'rpm-ostree': byRpm,
  'transactional-update': byRpm,
  apk: (packages: string) => `apk info -e ${packages} > /dev/null`,
  pacman: (packages: string) => `pacman -T ${packages} > /dev/null 2>&1`,
} as const
