/**
 * `net.ipv4.conf.b0/100.rp_filter` or `net/ipv4/conf/b0.100/rp_filter`: the first separator decides, and the
 * other one then stands for itself. null when it would leave /proc/sys.
 * https://man7.org/linux/man-pages/man8/sysctl.8.html
 */
export function keyPath(key: string): string | null {
  const isDotted = /[./]/.exec(key)?.[0] === '.'
  const path = isDotted ? key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.')) : key
  return path.split('/').some((part) => ['', '.', '..'].includes(part)) ? null : path
}

/** net.ipv4.tcp_fastopen_key and net.ipv6.conf.*.stable_secret are for root's eyes only. */
export function isSecret(key: string): boolean {
  return /_(key|secret)$/.test(key)
}
