import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { fstabEntries } from './fstab.ts'
import type { FstabEntry } from './fstab.ts'
import { isMasked, isThere, namesIn, textOf } from './look.ts'
import { decidesItself } from './reach.ts'

/** Swap that is off now and comes back: what brings it, and what keeps it away. */
export function swapAfterBoot(answers: Answers, facts: Facts): Verdict | null {
  if (!decidesItself(facts)) return null
  const cmdline = textOf('/proc/cmdline', answers)
  if (cmdline === null || /(^|\s)systemd\.swap=(0|no|false|off)(\s|$)/.test(cmdline)) return null
  const back = facts.init.type === 'openrc' ? openrcSwap(answers) : systemdSwap(answers, facts)
  if (back === null) return null
  return verdict('GoneAfterReboot', { now: 'swap is off', why: `${back.by} turns it on` }, { fix: back.fix })
}

interface Back {
  readonly by: string
  readonly fix: Fix
}

function openrcSwap(answers: Answers): Back | null {
  const isRun = isThere('/etc/runlevels/boot/swap', answers)
  return isRun === true ? ofFstab(answers) : null
}

function systemdSwap(answers: Answers, { init }: Facts): Back | null {
  if (init.type !== 'systemd' || isMasked('swap.target', answers)) return null
  const fstab = ofFstab(answers)
  const services = [ofUnits(answers), ofZram(answers), ofService('zramswap', answers)]
  return fstab ?? services.find((one) => one !== null) ?? ofService('dphys-swapfile', answers)
}

function ofFstab(answers: Answers): Back | null {
  const entries = fstabEntries(answers)?.filter(
    ({ type, options }) => type === 'swap' && !options.includes('noauto'),
  )
  const here = entries?.filter((entry) => isDevice(entry, answers) && !isMasked(unitOf(entry), answers))
  if (here === undefined || here[0] === undefined) return null
  const fix = { run: [String.raw`sed -i '/\sswap\s/s/^[^#]/#&/' /etc/fstab`] }
  return { by: `/etc/fstab, line ${here[0].line},`, fix }
}

/** A disk by what names it, or a file. */
function isDevice({ source }: FstabEntry, answers: Answers): boolean {
  const [, tag, value = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/.exec(source.replaceAll('"', '')) ?? []
  const path = tag === undefined ? source : `/dev/disk/by-${tag.toLowerCase()}/${value}`
  return path.startsWith('/') && isThere(path, answers) === true
}

function unitOf({ source }: FstabEntry): string {
  return source.startsWith('/') ? `${unitName(source)}.swap` : 'none.swap'
}

/** As systemd-escape --path does it. */
export function unitName(path: string): string {
  const parts = path.split('/').filter(Boolean).join('/')
  if (parts === '') return '-'
  return parts
    .replace(/^\./, String.raw`\x2e`)
    .replace(/[^\w:./]/gu, (char) =>
      [...new TextEncoder().encode(char)]
        .map((byte) => String.raw`\x` + byte.toString(16).padStart(2, '0'))
        .join(''),
    )
    .replaceAll('/', '-')
}

function ofUnits(answers: Answers): Back | null {
  const folders = ['swap', 'multi-user', 'local-fs'].map(
    (target) => `/etc/systemd/system/${target}.target.wants`,
  )
  const links = folders.flatMap((folder) =>
    (namesIn(folder, answers) ?? [])
      .filter((name) => name.endsWith('.swap'))
      .map((name) => `${folder}/${name}`),
  )
  const link = links.find((path) => isSwapUnit(path, answers))
  if (link === undefined) return null
  const name = link.slice(link.lastIndexOf('/') + 1)
  return { by: name, fix: { run: [`systemctl mask ${shellWord(name)}`] } }
}

/** Its unit is there, is no mask, and so is what it swaps to. */
function isSwapUnit(path: string, answers: Answers): boolean {
  const what = /^What=(\S+)\s*$/m.exec(textOf(path, answers) ?? '')?.[1]
  return what?.startsWith('/') === true && isThere(what, answers) === true
}

/** https://github.com/systemd/zram-generator */
function ofZram(answers: Answers): Back | null {
  const generators = ['/usr/lib', '/lib'].map((folder) =>
    isThere(`${folder}/systemd/system-generators/zram-generator`, answers),
  )
  const cmdline = textOf('/proc/cmdline', answers)
  if (!generators.includes(true) || cmdline === null || /systemd\.zram=(0|no|false|off)/.test(cmdline))
    return null
  const places = ['/etc', '/usr/local/lib', '/usr/lib'].map(
    (folder) => `${folder}/systemd/zram-generator.conf`,
  )
  const masks = places.map((path) => ({ path, is: isThere(path, answers), text: textOf(path, answers) }))
  const dropIns = places.map((path) => namesIn(`${path}.d`, answers))
  const first = masks.find(({ is }) => is !== false)
  // With drop-ins, and with conditions, it takes more to tell.
  if (first === undefined || first.text === null || dropIns.some((names) => names?.length !== 0)) return null
  const isPlain = !/^[^\S\n]*(fs-type|mount-point|host-memory-limit|zram-size\s*=\s*0)/m.test(first.text)
  if (!isPlain || !/^[^\S\n]*\[zram\d+\]/m.test(first.text)) return null
  return { by: first.path, fix: { run: [': > /etc/systemd/zram-generator.conf'] } }
}

function ofService(name: string, answers: Answers): Back | null {
  const links = ['multi-user', 'swap', 'sysinit', 'local-fs'].map(
    (target) => `/etc/systemd/system/${target}.target.wants/${name}.service`,
  )
  const all = links.map((path) => isThere(path, answers))
  if (!all.includes(true) || isMasked(`${name}.service`, answers)) return null
  return { by: `${name}.service`, fix: { run: [`systemctl disable --now ${name}.service`] } }
}
