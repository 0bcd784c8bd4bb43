import { execa } from 'execa'
import type { TestHost } from './nspawn.ts'

/** A need as its file has it. */
export type WrittenNeed = Readonly<Record<string, unknown>>

/**
 * What an administrator with a shell on the host would find of a need, by the host's own tools: it is there, it is not, or
 * a shell cannot tell either. Nothing of the agent is used.
 */
export async function askShell(host: TestHost, need: WrittenNeed): Promise<'ready' | 'missing' | null> {
  const script = scriptOf(need)
  if (script === null) return null
  const enter = ['-t', String(host.pid), '--mount', '--pid', '--net', '--', 'sh', '-c', script]
  const { exitCode } = await execa('nsenter', enter, { env, extendEnv: false, reject: false })
  return exitCode === 0 ? 'ready' : exitCode === 1 ? 'missing' : null
}

const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** Exits with 0 when it is there, 1 when it is not, 2 when that cannot be told. */
function scriptOf(need: WrittenNeed): string | null {
  const [kind = ''] = Object.keys(need)
  if (need['version'] !== undefined || need['in'] !== undefined || need['when'] !== undefined) return null
  return scripts[kind]?.(need[kind], need) ?? null
}

/** Options that only controllers of cgroup v1 need. */
const ofV1 =
  /^CONFIG_(CGROUP_CPUACCT|CGROUP_FREEZER|CGROUP_DEVICE|NET_CLS_CGROUP|CGROUP_NET_CLASSID|CGROUP_NET_PRIO|MEMCG_SWAP)$/

type Script = (spec: unknown, need: WrittenNeed) => string | null

const scripts: Readonly<Record<string, Script>> = {
  binary: (spec, { run }) => {
    const name = wordOf(spec)
    const args = Array.isArray(run) ? run.map(quote).join(' ') : null
    const works = args === null ? '[ -x "$p" ]' : `${name} ${args} </dev/null >/dev/null 2>&1`
    return `p=$(command -v ${name}) || exit 1; ${works} || exit 1`
  },
  package: (spec) => {
    const each = namesOf(spec).map(
      (name) =>
        `if command -v rpm >/dev/null; then rpm -q ${name}; else dpkg-query -W -f '\${db:Status-Status}' ${name} | grep -qx installed; fi >/dev/null 2>&1 && exit 0`,
    )
    return `${each.join('\n')}\nexit 1`
  },
  unit: (spec, { state }) => {
    const names = anyOf(spec).map((name) => (name.includes('.') ? name : `${name}.service`))
    if (state === 'enabled') return null
    const [whenActive, otherwise] = state === 'inactive' ? [1, 0] : [0, 1]
    return `for u in ${names.join(' ')}; do [ "$(systemctl is-active $u)" = active ] && exit ${whenActive}; done; exit ${otherwise}`
  },
  sysctl: (key, { is, min, max }) => {
    const read = `v=$(sysctl -n ${quote(key)} 2>/dev/null) || exit 1;`
    if (is !== undefined) return `${read} [ "$(echo $v)" = ${quote(is)} ] || exit 1`
    if (min !== undefined) return `${read} [ "$v" -ge ${quote(min)} ] || exit 1`
    return max === undefined ? read : `${read} [ "$v" -le ${quote(max)} ] || exit 1`
  },
  file: (spec) => {
    const { path, exists, type, matches, notMatches } = objectOf(spec)
    const at = quote(path).replaceAll('{kernel}', `'"$(uname -r)"'`)
    if (exists === false) return `[ ! -e ${at} ] || exit 1`
    if (matches !== undefined) return `grep -qP ${quote(matches)} ${at} 2>/dev/null || exit 1`
    if (notMatches !== undefined) return `[ -e ${at} ] && ! grep -qP ${quote(notMatches)} ${at} || exit 1`
    const test = { file: '-f', directory: '-d', socket: '-S', char: '-c', block: '-b' }[type ?? ''] ?? '-e'
    return `[ ${test} ${at} ] || exit 1`
  },
  mount: (spec) => {
    const { path, fstype, propagation, notOptions } = objectOf(spec)
    const column = (name: string) => `$(findmnt -n -M ${quote(path)} -o ${name} | tail -n 1)`
    const there = `findmnt -n -M ${quote(path)} >/dev/null || exit 1;`
    const types = fstype === undefined ? [] : [fstype].flat()
    const isType = `case "${column('FSTYPE')}" in ${types.join('|')}) ;; *) exit 1;; esac;`
    const isNot = (option: string) =>
      `case ",${column('VFS-OPTIONS,FS-OPTIONS')}," in *[,\\ ]${option}[,\\ ]*) exit 1;; esac;`
    return [
      there,
      types.length > 0 ? isType : '',
      propagation === undefined
        ? ''
        : `case "${column('PROPAGATION')}" in *${propagation}*) ;; *) exit 1;; esac;`,
      ...(notOptions ?? []).map(isNot),
    ].join('\n')
  },
  device: (spec) => {
    if (typeof spec === 'string')
      return spec.endsWith('*')
        ? `ls ${spec} >/dev/null 2>&1 || exit 1`
        : `[ -c ${spec} ] || [ -b ${spec} ] || exit 1`
    const { path, pci } = objectOf(spec)
    if (pci !== undefined)
      return `[ -d /sys/bus/pci/devices ] || exit 2; cat /sys/bus/pci/devices/*/vendor | grep -qix 0x${pci} || exit 1`
    return `[ -c ${path} ] || exit 1`
  },
  kernelConfig: (spec) => {
    const each = namesOf(spec).map((item) => {
      const patterns = item.split('|').map((part) => (part.includes('=') ? `^${part}$` : `^${part}=`))
      const isOfV1 = item.split('|').every((part) => ofV1.test(part))
      const skip = isOfV1 ? '[ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] || ' : ''
      return `${skip}zgrep -qE '${patterns.join('|')}' /proc/config.gz || exit 1`
    })
    return `[ -e /proc/config.gz ] || exit 2\n${each.join('\n')}`
  },
  // Of a kernel without modules: what is not built in is not there.
  kernelModule: (_, { config }) => {
    const options = config === undefined ? [] : namesOf(config)
    if (options.length === 0) return 'exit 2'
    return `[ -e /proc/modules ] && exit 2; zgrep -qE '^(${options.join('|')})=y' /proc/config.gz || exit 1`
  },
  process: (spec) => `for p in ${anyOf(spec).join(' ')}; do pgrep -x "$p" >/dev/null && exit 0; done; exit 1`,
  disk: (spec) => {
    const { path, free, inodes } = objectOf(spec)
    const least = (bound: string | undefined, columns: string) =>
      bound?.endsWith('%')
        ? `df --output=${columns} ${path} | awk 'NR==2 { exit !($2 * 100 >= $1 * ${Number.parseFloat(bound)}) }' || exit 1`
        : ''
    return `[ -e ${path} ] || exit 2\n${least(free, 'size,avail')}\n${least(inodes, 'itotal,iavail')}`
  },
  lsm: (name) =>
    `[ -e /sys/kernel/security/lsm ] || exit 2; grep -qw ${quote(name)} /sys/kernel/security/lsm || exit 1`,
  cgroup: (spec) => (spec === 2 ? '[ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] || exit 1' : null),
  hugepages: (spec) => {
    const { transparent } = objectOf(spec)
    if (transparent === undefined) return null
    const shown = [transparent].flat().map((word) => `\\[${word}\\]`)
    return `grep -qE '${shown.join('|')}' /sys/kernel/mm/transparent_hugepage/enabled || exit 1`
  },
  cpuFeature: (spec) => {
    const { amd64 } = objectOf(spec)
    if (typeof amd64 !== 'string') return null
    // The loader knows the levels by the CPU itself.
    if (amd64.startsWith('x86-64-v'))
      return `[ "$(uname -m)" = x86_64 ] || exit 2; /lib64/ld-linux-x86-64.so.2 --help | grep -q '${amd64} (supported' || exit 1`
    return `[ "$(uname -m)" = x86_64 ] || exit 2; grep -m1 ^flags /proc/cpuinfo | grep -qw ${amd64} || exit 1`
  },
  kernelVersion: (spec, need) => {
    const [, least] = /^>=([\d.]+)$/.exec(wordOf(spec)) ?? []
    if (least === undefined || need['notIn'] !== undefined) return null
    return `printf '%s\\n' ${least} "$(uname -r)" | sort -VC || exit 1`
  },
}

/** What the kinds that take more than a text may say. */
interface Spec {
  readonly path: string
  readonly exists?: boolean
  readonly type?: string
  readonly matches?: string
  readonly notMatches?: string
  readonly fstype?: string | string[]
  readonly propagation?: string
  readonly notOptions?: string[]
  readonly pci?: string
  readonly free?: string
  readonly inodes?: string
  readonly transparent?: string | string[]
  readonly amd64?: string | string[]
  readonly anyOf?: readonly string[]
}

/** Several kinds take a mere text for the one thing they are mostly about. */
function objectOf(spec: unknown): Spec {
  return (typeof spec === 'string' ? { path: spec } : spec) as Spec
}

function namesOf(spec: unknown): readonly string[] {
  return [spec].flat().map(wordOf)
}

function anyOf(spec: unknown): readonly string[] {
  return namesOf(typeof spec === 'string' ? spec : objectOf(spec).anyOf)
}

function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function quote(value: unknown): string {
  return `'${wordOf(value).replaceAll("'", `'\\''`)}'`
}
