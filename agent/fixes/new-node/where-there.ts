/**
 * A command that takes something away is only for the new nodes whose image has it: where it is not there, the command would fail,
 * and nothing after it would be done.
 */
export function whereThere(command: string): string {
  const [, stop, units] = /^(systemctl (?:disable|stop)(?: --now)?) ([\w@.:\\ -]+)$/.exec(command) ?? []
  if (stop !== undefined && units !== undefined)
    return units.split(' ').length === 1
      ? `! systemctl cat ${units} > /dev/null 2>&1 || ${command}`
      : `for unit in ${units}; do ! systemctl cat "$unit" > /dev/null 2>&1 || ${stop} "$unit" || exit; done`
  if (command === 'auditctl --signal stop') return `! systemctl --quiet is-active auditd || ${command}`
  if (command === 'ufw disable') return `! command -v ufw > /dev/null || ${command}`
  const [, added, running] = /^rc-update del ([\w-]+)|^rc-service ([\w-]+) stop$/.exec(command) ?? []
  const service = added ?? running
  if (service !== undefined) return `[ ! -e /etc/init.d/${service} ] || ${command}`
  const [, file] = /^sed -i .* (\/[\w./-]+)$/.exec(command) ?? []
  return file === undefined ? command : `[ ! -e ${file} ] || ${command}`
}
