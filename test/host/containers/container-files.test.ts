import { mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { idOf, kubeletFolder } from './kubelet-folder.ts'

let on: ReturnType<typeof kubeletFolder>
beforeEach(() => {
  on = kubeletFolder()
})
afterEach(() => on.remove())

const id = idOf(1)
const web = { pod: 'web', id }
const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())
const line = 'nsenter: failed to execute iscsiadm: No such file or directory\n'

describe('the links', () => {
  test('are listed when they have changed', () => {
    on.attempt(web)
    on.settle()
    const files = on.open()
    expect(files.links()).toEqual([`web_default_main-${id}.log`])
    expect(files.links()).toBe('unchanged')
    on.attempt({ pod: 'web', id: idOf(2), restarts: 1 })
    expect(files.links()).toHaveLength(2)
  })

  test('are listed again while a change may not show yet', () => {
    on.attempt(web)
    const files = on.open()
    expect(files.links()).toHaveLength(1)
    expect(files.links()).toHaveLength(1)
  })

  test('lead to a log, wherever the kubelet keeps it', () => {
    const path = on.attempt({ ...web, restarts: 57, podLogs: '/data/kubernetes/logs', log: line })
    const files = on.open()
    const link = on.linkOf(web)
    expect(files.leadsTo(link)).toBe(path)
    expect(text(files.tail(link))).toBe(line)
  })

  test('tell nothing where there is no kubelet, or no folder', () => {
    renameSync(on.inRoot('/var/log/containers'), on.inRoot('/var/log/others'))
    writeFileSync(on.inRoot('/var/log/containers'), '')
    const files = on.open()
    expect([files.links(), files.leadsTo(on.linkOf(web)), files.tail(on.linkOf(web))]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('tell nothing where there are far too many', () => {
    for (let number = 0; number < 20_001; number++)
      writeFileSync(on.inRoot(`/var/log/containers/${number}`), '')
    expect(on.open().links()).toBeNull()
  })
})

describe('the end of a log', () => {
  test('is read of a file of ten gigabytes', () => {
    const path = on.attempt({ ...web, log: line })
    truncateSync(on.inRoot(path), 10 * 1024 ** 3)
    writeFileSync(on.inRoot(path), line, { flag: 'a' })
    const tail = on.open().tail(on.linkOf(web))
    expect(tail).toHaveLength(64 * 1024)
    expect(text(tail)?.endsWith(`\0${line}`)).toBe(true)
  })

  test('begins in the file that was rotated last, and in no compressed one', () => {
    const path = on.attempt({ ...web, log: 'new\n' })
    on.write(`${path}.20260101-120000.gz`, 'compressed\n')
    on.write(`${path}.20260101-130000`, `${'x'.repeat(70_000)}\nold\n`)
    on.write(`${path}.20260101-140000.tmp`, 'half\n')
    const tail = on.open().tail(on.linkOf(web))
    expect(tail).toHaveLength(64 * 1024)
    expect(text(tail)?.endsWith('x\nold\nnew\n')).toBe(true)
  })

  test.each([
    ['a FIFO', () => on.fifo('/evil')],
    ['a FIFO behind a link', () => (on.fifo('/fifo'), symlinkSync('/fifo', on.inRoot('/evil')))],
    ['a folder', () => mkdirSync(on.inRoot('/evil'))],
    ['a file that is not there', () => {}],
    ['a loop of links', () => symlinkSync('/evil', on.inRoot('/evil'))],
    ["a kernel's file", () => (on.write('/proc/kmsg', line), symlinkSync('/proc/kmsg', on.inRoot('/evil')))],
    ['our own root', () => symlinkSync('../../../../../../etc/hostname', on.inRoot('/evil'))],
  ])('is not read of %s', (_, make) => {
    make()
    on.link(on.linkOf(web), '/evil')
    expect(on.open().tail(on.linkOf(web))).toBeNull()
  })

  test('is bytes, whatever they are', () => {
    const log = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a])
    on.attempt({ ...web, log })
    expect(Buffer.from(on.open().tail(on.linkOf(web)) ?? [])).toEqual(log)
  })

  test('is not read on a mount that may hang', () => {
    on.attempt({ ...web, podLogs: '/nfs/logs', log: line })
    writeFileSync(`${on.procfs}/1/mountinfo`, '1 2 0:1 / /nfs rw - nfs4 server:/ rw\n')
    expect(on.open().tail(on.linkOf(web))).toBeNull()
  })
})

describe("the runtime's file", () => {
  test.each([
    '/var/lib/containerd',
    '/var/lib/rancher/k3s/agent/containerd',
    '/var/lib/rancher/rke2/agent/containerd',
    '/var/lib/k0s/containerd',
    '/var/snap/microk8s/common/var/lib/containerd',
  ])('is found in %s', (folder) => {
    on.attempt({ ...web, ended: 2_000 }, folder)
    expect(on.open().status(id)).toEqual({
      runtime: 'containerd',
      text: expect.stringContaining('"ExitCode":1'),
    })
  })

  test("is found in CRI-O's storage", () => {
    on.write(`/var/lib/containers/storage/overlay-containers/${id}/userdata/state.json`, '{}')
    expect(on.open().status(id)).toEqual({ runtime: 'cri-o', text: '{}' })
  })

  test('is no FIFO, no huge file and none that is not there', () => {
    const place = (number: number) =>
      `/var/lib/containerd/io.containerd.grpc.v1.cri/containers/${idOf(number)}/status`
    on.fifo(place(1))
    on.write(place(2), 'x'.repeat(65_537))
    const files = on.open()
    expect([1, 2, 3].map((number) => files.status(idOf(number)))).toEqual([null, null, null])
  })
})

test('a container runs when its id is in the cgroup of a process, whichever pid the runtime names', () => {
  const cgroup = (pid: number, of: number) => {
    mkdirSync(`${on.procfs}/${pid}`, { recursive: true })
    writeFileSync(`${on.procfs}/${pid}/cgroup`, `0::/kubepods.slice/cri-containerd-${idOf(of)}.scope\n`)
  }
  cgroup(11, 1)
  cgroup(12, 2)
  const attempts = [1, 2, 3].map((number) => ({ id: idOf(number), pid: number === 1 ? 11 : null }))
  expect(on.open().running(attempts)).toEqual(new Set([idOf(1), idOf(2)]))
})
