/** Programs for which ansible-lint would have a module. Some are not of Ansible's own, the others cannot do what the command does. */
const withModule =
  /^(apt-get|chkconfig|dnf|mount|patch|rpm|rsync|sed|service|svn|systemctl|tar|unarchive|wget|yum|zypper)\b/

/** The rules of ansible-lint that a command of a check's file cannot keep. */
export function lintIgnores(command: string): readonly string[] {
  return [
    ...(withModule.test(command) ? ['command-instead-of-module'] : []),
    // There is no pipefail in every /bin/sh.
    ...(/[^|]\|[^|]/.test(command) ? ['risky-shell-pipe'] : []),
  ]
}
