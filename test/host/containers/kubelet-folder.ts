import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openContainerFiles } from '#agent/host/containers/open-container-files.ts'

export interface WrittenAttempt {
  readonly pod: string
  readonly container?: string
  readonly restarts?: number
  readonly id: string
  readonly log?: string | Uint8Array
  readonly podLogs?: string
  /** What containerd's file says; times are milliseconds. */
  readonly started?: number
  readonly ended?: number | null
  readonly code?: number
}

/** The root of a host with the files of its kubelet and containerd, as a process of a proc file system sees it. */
export function kubeletFolder() {
  const procfs = mkdtempSync(join(tmpdir(), 'hostdeps-containers-'))
  const root = join(procfs, '1', 'root')
  const inRoot = (path: string) => join(root, path)
  const links = inRoot('/var/log/containers')
  mkdirSync(links, { recursive: true })
  writeFileSync(join(procfs, '1', 'mountinfo'), '')
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(inRoot(path)), { recursive: true })
    writeFileSync(inRoot(path), content)
  }
  return {
    procfs,
    root,
    inRoot,
    write,
    host: { procfs, targetPid: 1 },
    open: () => openContainerFiles({ procfs, targetPid: 1 }),
    linkOf: ({ pod, container = 'main', id }: WrittenAttempt) => `${pod}_default_${container}-${id}.log`,
    link(name: string, target: string) {
      symlinkSync(target, join(links, name))
    },
    /** As both of them do it; the link comes last. */
    attempt(of: WrittenAttempt, statusFolder = '/var/lib/containerd') {
      const { pod, container = 'main', restarts = 0, id, podLogs = '/var/log/pods' } = of
      const path = `${podLogs}/default_${pod}_uid-of-${pod}/${container}/${restarts}.log`
      write(path, of.log ?? '')
      const { started = 1_000, ended = null, code = 1 } = of
      const status = {
        Version: 'v1',
        Pid: 0,
        StartedAt: started * 1e6,
        FinishedAt: (ended ?? 0) * 1e6,
        ExitCode: ended === null ? 0 : code,
        Reason: ended === null ? '' : 'Error',
      }
      write(`${statusFolder}/io.containerd.grpc.v1.cri/containers/${id}/status`, JSON.stringify(status))
      this.link(`${pod}_default_${container}-${id}.log`, path)
      return path
    },
    fifo: (path: string) => {
      mkdirSync(dirname(inRoot(path)), { recursive: true })
      execFileSync('mkfifo', [inRoot(path)])
    },
    /** The folder of links looks as if it had not changed for a while. */
    settle: () => utimesSync(links, 1_000, 1_000),
    remove: () => rmSync(procfs, { recursive: true }),
  }
}

export function idOf(number: number): string {
  return number.toString(16).padStart(64, '0')
}
