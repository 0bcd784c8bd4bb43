import type { Answers } from '#agent/model/answers.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'
import { namesIn, read, readAll, textsOf } from './look.ts'

/** Where GRUB, BLS, extlinux, syslinux and the Raspberry Pi keep what they boot; and what makes that anew. */
const files = [
  '/boot/grub/grub.cfg',
  '/boot/grub/custom.cfg',
  '/boot/grub/grubenv',
  '/boot/grub2/grub.cfg',
  '/boot/grub2/custom.cfg',
  '/boot/grub2/user.cfg',
  '/boot/grub2/grubenv',
  '/boot/extlinux/extlinux.conf',
  '/boot/extlinux.conf',
  '/boot/syslinux/syslinux.cfg',
  '/boot/cmdline.txt',
  '/boot/firmware/cmdline.txt',
  '/etc/default/grub',
  '/etc/kernel/cmdline',
  '/proc/device-tree/chosen/bootargs',
].map((path) => read(path, 4 * 1024 * 1024))
const folders = [
  ['/boot/loader/entries', '.conf'],
  ['/boot/efi/loader/entries', '.conf'],
  ['/efi/loader/entries', '.conf'],
  ['/etc/default/grub.d', '.cfg'],
  ['/etc/kernel/cmdline.d', '.conf'],
].map(([path = '', suffix = '']) => readAll(path, suffix))

/** The text of all configurations of boot loaders; null when one cannot be read, or may lead to another that is not here. */
export function bootTexts(answers: Answers) {
  const vendors = namesIn('/boot/efi/EFI', answers)
  const ofVendors = (vendors ?? []).flatMap((name) =>
    ['grub.cfg', 'grubenv', 'custom.cfg'].map((file) => read(`/boot/efi/EFI/${name}/${file}`)),
  )
  const texts = textsOf([...files, ...folders, ...ofVendors], answers)
  if (vendors === null || texts === null) return null
  const isElsewhere = texts.some(({ text }) => /^[^\S\n]*(chainloader|uki|efi)\s/m.test(text))
  return isElsewhere ? null : texts
}

const grubFiles = ['/boot/grub/grub.cfg', '/boot/grub2/grub.cfg'].map((path) => read(path, 4 * 1024 * 1024))
const environments = ['/boot/grub/grubenv', '/boot/grub2/grubenv'].map((path) => read(path, 4 * 1024 * 1024))

/** The release of the kernel that boots next; null when the boot loader does not tell it. */
export function defaultKernel(answers: Answers): string | null {
  // All are looked at, so that all are asked at once.
  const [grub, environment] = [grubFiles, environments].map((places) => firstFound(answers, places))
  const saved = environment?.fate === 'found' ? environment.value.text : ''
  // For once, whatever the default is.
  if (grub?.fate !== 'found' || /^next_entry=./m.test(saved)) return null
  const { isSaved, first } = defaultIn(grub.value)
  return isSaved ? savedEntry(saved, answers) : first
}

/** Looked at once for each module that is needed. */
const defaultIn = parseOnce((text): { readonly isSaved: boolean; readonly first: string | null } => {
  const written = /^[^\S\n]*set default="(.*)"$/gm
  const values = [...text.matchAll(written)].map(([, value = '']) => value)
  const last = values.find((value) => value !== '${next_entry}')
  return { isSaved: last === '${saved_entry}', first: last === '0' ? firstEntry(text) : null }
})

/** Of Debian's kind: the first entry stands in the file itself. */
function firstEntry(text: string): string | null {
  if (/^[^\S\n]*(blscfg|insmod blscfg)\b/m.test(text)) return null
  const start = /^menuentry\s/m.exec(text)?.index
  if (start === undefined) return null
  const line = /^[^\S\n]*linux(?:16|efi)?\s+(\S+)/m.exec(text.slice(start))?.[1] ?? ''
  return releaseOf(line)
}

/** Of Red Hat's kind: an entry by its file's name. https://uapi-group.org/specifications/specs/boot_loader_specification/ */
function savedEntry(saved: string, answers: Answers): string | null {
  const name = /^saved_entry=([\w.+~-]+)$/m.exec(saved)?.[1]
  if (name === undefined) return null
  const entry = textsOf([read(`/boot/loader/entries/${name}.conf`)], answers)?.[0]?.text ?? ''
  return releaseOf(/^linux\s+(\S+)/m.exec(entry)?.[1] ?? '')
}

export function releaseOf(image: string): string | null {
  return /(?:^|\/)(?:vmlinuz|vmlinux|kernel)-(\d[\w.+~-]*)$/.exec(image)?.[1] ?? null
}
