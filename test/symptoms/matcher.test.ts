import { describe, expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import type { Hints } from '#agent/model/explanation.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'

const matcher = createMatcher(loadShipped().catalog.values())

function matchText(text: string, hints?: Hints) {
  return matcher.match(Buffer.from(text), hints)
}

const nsenter = 'nsenter: failed to execute iscsiadm: No such file or directory'
const manager = `Error starting manager: Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host: failed to execute: /usr/bin/nsenter [nsenter --mount=/host/proc/1/ns/mnt --net=/host/proc/1/ns/net iscsiadm --version], output , stderr ${nsenter}\\n: exit status 127`

describe('the story', () => {
  test.each([
    ['the first line', nsenter],
    ['the later wording', `time="2026-11-29T13:17:48Z" level=fatal msg="${manager}"`],
    [
      'the older wording',
      'level=error msg="Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host"',
    ],
    ['with a path', 'nsenter: failed to execute /usr/sbin/iscsiadm: No such file or directory'],
    ["busybox' nsenter", "nsenter: can't execute 'iscsiadm': No such file or directory"],
  ])('%s points to open-iscsi first', (_, line) => {
    const [first] = matchText(`starting\n${line}\nbye\n`)
    expect(first).toMatchObject({ check: 'open-iscsi', line: 2, times: 1 })
  })

  test('other checks that need it come after', () => {
    const checks = matchText(nsenter).map(({ check }) => check)
    expect(checks[0]).toBe('open-iscsi')
    expect(checks).toContain('longhorn')
  })
})

describe('lines that many projects print', () => {
  test.each([
    [
      'modprobe: FATAL: Module dm-crypt not found in directory /lib/modules/6.1.0-40-amd64',
      'dm-crypt',
      'kernelModule',
      'dm_crypt',
    ],
    [
      "libkmod: ERROR libkmod/libkmod-module.c:838: could not find module by name='iscsi_tcp'",
      'iscsi-tcp',
      'kernelModule',
      'iscsi_tcp',
    ],
    ['modprobe: module ip_vs_rr not found in modules.dep', 'kube-proxy-ipvs', 'kernelModule', 'ip_vs_rr'],
    ["mount: /mnt: unknown filesystem type 'cifs'.", 'smb-cifs', 'kernelModule', 'cifs'],
    [
      'sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory',
      'br-netfilter',
      'sysctl',
      'net.bridge.bridge-nf-call-iptables',
    ],
    ['open /dev/kvm: no such file or directory', 'kvm', 'device', '/dev/kvm'],
    [
      'Failed to start multipathd.service: Unit multipathd.service not found.',
      'multipath',
      'unit',
      'multipathd.service',
    ],
    ['chroot: failed to run command ‘zpool’: No such file or directory', 'zfs', 'binary', 'zpool'],
    ['sh: 1: mount.nfs: not found', 'nfs-client', 'binary', 'mount.nfs'],
    ['bash: line 3: lsscsi: command not found', 'netapp-trident-iscsi', 'binary', 'lsscsi'],
    [
      'iscsiadm: error while loading shared libraries: libopeniscsiusr.so.0: cannot open shared object file',
      'open-iscsi',
      'binary',
      'iscsiadm',
    ],
  ])('%s', (line, check, kind, name) => {
    expect(matchText(line).find((hit) => hit.check === check)?.subject).toEqual({ kind, name })
  })

  test.each([
    ['nsenter: failed to execute frobctl: No such file or directory', 'binary', 'frobctl'],
    [
      'modprobe: FATAL: Module frob-net not found in directory /lib/modules/6.1.0',
      'kernelModule',
      'frob_net',
    ],
    ['open /proc/sys/net/frob/limit: no such file or directory', 'sysctl', 'net.frob.limit'],
    ['stat /dev/frob: no such file or directory', 'device', '/dev/frob'],
    ['Unit frobd.service could not be found.', 'unit', 'frobd.service'],
  ])('a name that no check knows: %s', (line, kind, name) => {
    expect(matchText(line)).toMatchObject([{ check: null, subject: { kind, name } }])
  })

  test.each([
    'open /dev/sdb: no such file or directory',
    'open /proc/sys/net/ipv4/conf/cali123/rp_filter: no such file or directory',
    'open /sys/fs/cgroup/memory/kubepods/pod1/memory.stat: no such file or directory',
    'exec /entrypoint.sh: no such file or directory',
    'GET /v1/module/not found in directory',
    'the module was not found',
    'command not found',
    'pq: relation "sessions" does not exist',
  ])('nothing of a host is missing: %s', (line) => {
    expect(matchText(line)).toEqual([])
  })

  test('what a command of the image did not find is only possible', () => {
    const line =
      'OCI runtime create failed: runc create failed: exec: "iscsiadm": executable file not found in $PATH: unknown'
    expect(matchText(line)[0]).toMatchObject({ check: 'open-iscsi', confidence: 'possible' })
  })

  test('what a container was not allowed to load is only possible', () => {
    expect(matchText("modprobe: ERROR: could not insert 'rbd': Operation not permitted")[0]?.confidence).toBe(
      'possible',
    )
  })
})

describe('what another line or the caller says', () => {
  test.each([
    ['iscsiadm is optional here, continuing without it'],
    ['iscsiadm version 2.1.8'],
    ['iscsiadm was installed successfully'],
  ])('%s takes the complaint back', (later) => {
    const [hit] = matchText(`${nsenter}\n${later}\n`)
    expect(hit).toMatchObject({ confidence: 'possible', doubt: { line: 2, text: later } })
  })

  test.each(['iscsiadm was not installed successfully', 'mounted successfully', 'iscsiadm --version failed'])(
    '%s does not',
    (later) => {
      expect(matchText(`${nsenter}\n${later}\n`)[0]).toMatchObject({ confidence: 'certain', doubt: null })
    },
  )

  test('a complaint after it stands', () => {
    expect(matchText(`iscsiadm version 2.1.8\n${nsenter}\n`)[0]?.doubt).toBeNull()
  })

  test.each([
    [1, 'certain'],
    [127, 'certain'],
    [137, 'possible'],
    [143, 'possible'],
  ])('exit code %i: %s', (exitCode, confidence) => {
    expect(matchText(nsenter, { exitCode })[0]?.confidence).toBe(confidence)
  })

  test.each([
    [{ component: 'trident-node-linux' }, 'netapp-trident-iscsi'],
    [{ namespace: 'trident' }, 'netapp-trident-iscsi'],
    [{ namespace: 'democratic-csi' }, 'democratic-csi-iscsi'],
  ])('with %o the same line is first about %s', (hints, check) => {
    expect(matchText('nsenter: failed to execute lsscsi: No such file or directory', hints)[0]?.check).toBe(
      check,
    )
  })

  test('what the hinted workload includes is hinted too, and what has a pattern of its own for the line stays first', () => {
    expect(matchText(nsenter, { image: 'longhornio/longhorn-manager:v1.12.2' })[0]?.check).toBe('open-iscsi')
  })
})

describe('hostile and broken texts', () => {
  test('invalid UTF-8 around the line', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xc3, 0x28, 10]),
      Buffer.from(nsenter),
      Buffer.from([0xed, 0xa0, 10]),
    ])
    expect(matcher.match(bytes)[0]).toMatchObject({ check: 'open-iscsi', line: 2 })
  })

  test('what is shown holds no escape sequence and is short', () => {
    const [hit] = matchText(`\u001b]0;owned\u0007${'x'.repeat(5000)} ${nsenter} \u202e${'y'.repeat(5000)}`)
    expect(hit?.check).toBe('open-iscsi')
    expect(hit?.text).toMatch(/^[ -~…]{1,300}$/)
    expect(hit?.text).toContain(nsenter)
  })

  test('a line of many windows, with the complaint across two', () => {
    for (const before of [65_536 - 10, 65_536 * 3 - 30, 65_536 * 2]) {
      const text = `first\n${'a'.repeat(before - 6)}${nsenter}${'b'.repeat(200_000)}\nlast ${nsenter}\n`
      const [hit] = matchText(text)
      expect(hit).toMatchObject({ check: 'open-iscsi', line: 3, times: 2 })
    }
  })

  test('a million different names fill no memory', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `nsenter: failed to execute x${index}: No such file or directory`,
    )
    expect(matchText(lines.join('\n')).length).toBeLessThanOrEqual(500)
  })

  test.each([
    [
      'by the runtime',
      `2026-11-29T13:17:48.1Z stderr P ${nsenter.slice(0, 30)}\n2026-11-29T13:17:48.1Z stdout F other\n2026-11-29T13:17:48.1Z stderr F ${nsenter.slice(30)}`,
    ],
    ['at the end of the text', nsenter.slice(0, -12)],
    ['by the program', `${nsenter.slice(0, -12)}...\nmore`],
    [
      'by a terminal',
      `Warning  BackOff  5m  kubelet  the container said ${nsenter.slice(0, 50)}\n${nsenter.slice(50)}\n`,
    ],
  ])('a line that was cut %s', (_, text) => {
    expect(matchText(text)[0]?.check).toBe('open-iscsi')
  })

  test('a message of two lines', () => {
    const text =
      'for several filesystems (e.g. nfs, cifs) you might\n       need a /sbin/mount.<type> helper program\n'
    expect(matchText(text)[0]?.check).toBe('nfs-client')
  })

  test('pieces of any size are as good as the whole', () => {
    const lines = [
      ...Array.from({ length: 3000 }, (_, index) => `ordinary line ${index} of a log`),
      manager,
      nsenter,
      'open /dev/kvm: no such file or directory',
    ]
    const bytes = Buffer.from(lines.join('\r\n'))
    const whole = matcher.match(bytes)
    for (const size of [1, 7, 4096, 65_536, 65_537]) {
      const matching = matcher.open()
      for (let from = 0; from < bytes.length; from += size) matching.push(bytes.subarray(from, from + size))
      expect(matching.end()).toEqual(whole)
    }
    expect(whole[0]).toMatchObject({ check: 'open-iscsi', line: 3002, times: 2 })
  })
})

test('what may be about another node proves nothing of this host', () => {
  const [hit] = matchText('0/3 nodes are available: 3 Insufficient hugepages-2Mi.')
  expect(hit).toMatchObject({ check: 'hugepages-2mi', confidence: 'possible' })
})

test.each([
  'iscsiadm is missing, skipping iSCSI support',
  'continuing without iscsiadm',
  'iSCSI will be disabled: no iscsiadm',
])('a line that tolerates what is missing takes it back: %s', (line) => {
  const [hit] = matchText(`nsenter: failed to execute iscsiadm: No such file or directory\n${line}`)
  expect(hit?.doubt?.line).toBe(2)
})
