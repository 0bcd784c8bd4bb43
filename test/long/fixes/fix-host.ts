import type { ReportCheck } from '#agent/model/report.ts'

/** A host on which fixes are run as they are printed. */
export interface FixHost {
  /** Of each check, asked alone; of all unless told. */
  ask(names?: readonly string[]): Promise<readonly ReportCheck[]>
  /** As one pastes it into a root shell that ends at the first error. */
  paste(script: string): Promise<Pasted>
  /** What may not be another after a second run: a line a file, and one a unit. */
  state(): Promise<readonly string[]>
  /** As it was at first. */
  renew(): Promise<void>
  stop(): Promise<void>
}

export interface Pasted {
  readonly exitCode: number | undefined
  readonly stderr: string
}

/** What timers start is not of the fix, nor is a mount that systemd has for a service only while that starts. */
const byTimers =
  '^(apt-|dpkg-|e2scrub|fstrim|logrotate|man-db|run-credentials-|systemd-tmpfiles-clean|test-guest|user)'

/**
 * Of the files that a fix may change, and of the units: which are enabled or masked is in /etc. A kernel's image is known by its
 * size and its time; systemd may be too busy to answer at once.
 */
export const stateScript = `cd /
for place in etc boot var/lib/iscsi; do
  test -e $place || continue
  find $place -type f ! -name grubenv -size -2M -exec sha256sum {} +
  find $place -type f -size +1M -printf '%p %s %T@\\n'
  find $place -printf '%p %y %m %u %l\\n'
done | sort
export SYSTEMD_BUS_TIMEOUT=300
until units=$(systemctl list-units --all --no-legend --no-pager --plain --type=service,socket,mount,swap); do sleep 1; done
echo "$units" | grep -vE '${byTimers}' | awk '{ print $1, $2, $3 }' | sort`
