import { readFileSync, writeFileSync } from 'node:fs'
import type { Step } from './step.ts'

/** Of all of root's processes: a cluster of two nodes takes about 35, and four run beside each other. */
const least = 256
const place = '/proc/sys/fs/inotify/max_user_instances'

/** Without them systemd-udevd, which many packages start, ends with "Too many open files". */
export const inotifyInstances: Step = {
  title: 'inotify instances for hosts beside each other',
  gives: [],
  hint: `as root, sysctl -w fs.inotify.max_user_instances=${least}`,
  async run(tell) {
    if (process.platform !== 'linux') return {}
    const before = Number(readFileSync(place, 'utf8'))
    if (before >= least) return {}
    writeFileSync(place, String(least))
    tell(`fs.inotify.max_user_instances is ${least} until the next boot, it was ${before}`)
    return {}
  },
}
