import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from '../at-end.ts'

const folder = '/proc/sys/fs/binfmt_misc'
const entry = join(folder, 'qemu-aarch64')
/** Of Debian's qemu-user-static, in the format that the kernel's `register` takes. */
const rule = '/usr/lib/binfmt.d/qemu-aarch64.conf'

/**
 * Has the kernel run programs for arm64 by qemu, also those in another root, as it is where systemd-binfmt runs. Returns what puts
 * it back as it was.
 */
export function emulateArm64(): () => void {
  if (existsSync(entry)) return () => undefined
  const isMounted = existsSync(join(folder, 'register'))
  if (!isMounted) execFileSync('mount', ['-t', 'binfmt_misc', 'binfmt_misc', folder])
  const undo = atEnd(() => {
    if (existsSync(entry)) writeFileSync(entry, '-1')
    if (!isMounted) execFileSync('umount', [folder])
  })
  writeFileSync(join(folder, 'register'), readFileSync(rule, 'utf8').trim())
  return undo
}
