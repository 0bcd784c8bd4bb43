import { zypperNews } from '#agent/fixes/install-lines.ts'

/** Where a script begins: the distribution, and what each part uses. */
export const helpers = String.raw`[ -n "$(printenv HOME)" ] || HOME=/root
PATH="$PATH:/usr/sbin:/sbin"
LC_ALL=C
export HOME PATH LC_ALL
umask 022
set -u

say() {
  printf 'hostdeps-fix: %s\n' "$*"
}

end() {
  say "$2" >&2
  exit "$1"
}

step() {
  step=$1
  say "+ $step"
}

# The first command that fails ends it. Of zypper, 102 to 107 are news of an install that is done: zypper(8).
must() {
  case $step:$1 in
  zypper\ *:${zypperNews}) return 0 ;;
  esac
  [ "$1" -eq 0 ] || end 1 "failed with exit code $1: $step"
}

[ "$(id -u)" -eq 0 ] || end 2 'nothing was done: run it as root'
os_release=/etc/os-release
[ -r "$os_release" ] || os_release=/usr/lib/os-release
[ -r "$os_release" ] || end 2 'nothing was done: there is no os-release'
distro=$(ID=linux; . "$os_release"; printf %s "$ID")
host=$(uname -n | tr '[:upper:]' '[:lower:]')
`

/**
 * A run of dpkg that was cut off is for its administrator to finish, since that configures whatever was being installed. apt-get waits
 * for whoever holds the lock, and tells whether dpkg's own journal is left; packages that are half done are in its status.
 * https://manpages.debian.org/dpkg https://salsa.debian.org/apt-team/apt/-/blob/2.6.1/apt-pkg/deb/debsystem.cc
 */
export function dpkgGuard(repair: boolean): string {
  return String.raw`# dpkg must have finished what it did last.
check_dpkg() {
  [ -w /usr ] || end 2 'nothing was done: /usr is read-only'
  locked=0
  said=$(apt-get install -y --download-only -o DPkg::Lock::Timeout=300 2>&1) || locked=$?
  half=$(awk '/^Package: / { name = $2 }
    /^Status: .* (half-installed|half-configured|unpacked|triggers-awaited|triggers-pending)$/ { print name }' \
    /var/lib/dpkg/status | tr '\n' ' ')
  case $said in
  *'dpkg was interrupted'*) ;;
  *)
    [ "$locked" -eq 0 ] || end 2 "nothing was done: $said"
    [ -n "$half" ] || return 0
    ;;
  esac
${repair ? repairIt : refuseIt}}
`
}

const refuseIt = String.raw`  end 2 "nothing was done: dpkg was interrupted before (half done: $half), and --repair finishes that first: dpkg --configure -a"
`

const repairIt = String.raw`  step 'dpkg --configure -a'
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 dpkg --force-confold --configure -a
  must $?
`
