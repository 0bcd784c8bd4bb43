import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { WhyVerdict } from '#agent/cluster/why/answer.ts'
import type { TestHost } from '../../hosts/nspawn.ts'

/** Of this file: where it has changed, the table in test/long is to be made anew. */
export function failuresHash(): string {
  return hash('sha256', readFileSync(import.meta.filename, 'utf8')).slice(0, 12)
}

const agentImage = 'localhost/hostdeps:test'
const busybox = 'localhost/busybox:test'

/** Something that goes wrong on worker-1, and what is the right answer. */
export interface Failure {
  readonly name: string
  /** In a few words, for the table. */
  readonly what: string
  readonly isHost: boolean
  readonly objects: readonly object[]
  /** What is done to the node before. */
  readonly before?: (host: TestHost) => Promise<unknown>
  /** Any of them is right. */
  readonly verdicts: readonly WhyVerdict[]
  /** null: no check may be named. */
  readonly check: string | null
  readonly says: RegExp
  /** Whether npm test tries it; the long run tries all. */
  readonly isAlways?: boolean
}

interface PodChanges {
  readonly image?: string
  readonly command?: readonly string[]
  readonly [key: string]: unknown
}

const ofPod = ['nodeName', 'nodeSelector', 'hostNetwork', 'hostPID', 'volumes']

const ofHost: readonly WhyVerdict[] = ['confirmed', 'likely']
const ofOthers: readonly WhyVerdict[] = ['not the host']

export const failures: readonly Failure[] = [
  {
    name: 'mounted-binary',
    what: 'a program of the host, run by a mount of its folder, is missing',
    isHost: true,
    objects: [
      pod('mounted-binary', {
        command: ['/host/usr/sbin/iscsiadm', '--version'],
        volumeMounts: [{ name: 'sbin', mountPath: '/host/usr/sbin' }],
        volumes: [{ name: 'sbin', hostPath: { path: '/usr/sbin' } }],
      }),
    ],
    verdicts: ['confirmed'],
    check: 'open-iscsi',
    says: /iscsiadm/,
    isAlways: true,
  },
  {
    name: 'nfs-volume',
    what: 'an NFS volume, and no mount.nfs',
    isHost: true,
    objects: [
      pod('nfs-volume', {
        volumeMounts: [{ name: 'share', mountPath: '/share' }],
        volumes: [{ name: 'share', nfs: { server: '127.0.0.1', path: '/share' } }],
      }),
    ],
    verdicts: ofHost,
    check: 'nfs-client',
    says: /nfs/,
    isAlways: true,
  },
  {
    name: 'read-only-sysctl',
    what: 'a setting of the kernel that the container may not change',
    isHost: true,
    objects: [pod('read-only-sysctl', { command: ['busybox', 'sysctl', '-w', 'vm.max_map_count=1048576'] })],
    verdicts: ofHost,
    check: null,
    says: /kernel|vm\.max_map_count/,
  },
  {
    name: 'inotify',
    what: 'all inotify instances of the user are taken',
    isHost: true,
    objects: [
      pod('inotify', {
        image: agentImage,
        securityContext: { runAsUser: 54_321 },
        command: ['node', '-e', takeInotify()],
        volumeMounts: [{ name: 'tail', mountPath: '/usr/bin/tail' }],
        volumes: [{ name: 'tail', hostPath: { path: '/usr/bin/tail', type: 'File' } }],
      }),
    ],
    verdicts: ofHost,
    check: 'inotify-limits',
    says: /inotify/,
  },
  {
    name: 'port-taken',
    what: "a port of the node's network that the kubelet has",
    isHost: true,
    objects: [
      pod('port-taken', {
        image: agentImage,
        hostNetwork: true,
        command: ['node', '-e', "require('node:http').createServer().listen(10250)"],
      }),
    ],
    verdicts: ['likely'],
    check: null,
    says: /port .* is taken/,
    isAlways: true,
  },
  {
    name: 'device',
    what: 'no /dev/fuse',
    isHost: true,
    objects: [pod('device', { command: ['cat', '/dev/fuse'], securityContext: { privileged: true } })],
    verdicts: ofHost,
    check: 'fuse',
    says: /fuse/,
  },
  {
    name: 'module',
    what: 'a module that the kernel does not have',
    isHost: true,
    objects: [
      pod('module', {
        image: agentImage,
        hostPID: true,
        command: ['nsenter', '-t', '1', '-m', '--', 'modprobe', 'iscsi_tcp'],
        securityContext: { privileged: true, runAsUser: 0 },
      }),
    ],
    verdicts: ofHost,
    check: 'iscsi-tcp',
    says: /iscsi_tcp/,
  },
  {
    name: 'exec-format',
    what: 'a program for another processor',
    isHost: true,
    before: (host) =>
      // The beginning of an ELF file for ARM.
      host.exec([
        'sh',
        '-c',
        String.raw`mkdir -p /opt/arm && printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0' > /opt/arm/tool && chmod +x /opt/arm/tool`,
      ]),
    objects: [
      pod('exec-format', {
        command: ['/arm/tool'],
        volumeMounts: [{ name: 'arm', mountPath: '/arm' }],
        volumes: [{ name: 'arm', hostPath: { path: '/opt/arm' } }],
      }),
    ],
    verdicts: ['likely'],
    check: null,
    says: /exec format error/,
  },
  {
    name: 'unit',
    what: "a unit that the host's systemd cannot start",
    isHost: true,
    objects: [
      pod('unit', {
        image: agentImage,
        hostPID: true,
        command: ['nsenter', '-t', '1', '-m', '-n', '--', 'systemctl', 'start', 'iscsid.service'],
        securityContext: { privileged: true, runAsUser: 0 },
      }),
    ],
    verdicts: ofHost,
    check: 'open-iscsi',
    says: /iscsi/,
  },
  {
    name: 'full-disk',
    what: 'a folder of the host whose disk is full',
    isHost: true,
    before: (host) =>
      host.exec(['sh', '-c', 'mkdir -p /mnt/small && mount -t tmpfs -o size=64k tmpfs /mnt/small']),
    objects: [
      pod('full-disk', {
        command: ['busybox', 'dd', 'if=/dev/zero', 'of=/data/big', 'bs=64k', 'count=4'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        volumes: [{ name: 'data', hostPath: { path: '/mnt/small' } }],
      }),
    ],
    verdicts: ['likely'],
    check: null,
    says: /full/,
  },
  {
    name: 'out-of-memory',
    what: 'more memory than its limit',
    isHost: false,
    objects: [
      pod('out-of-memory', {
        image: agentImage,
        command: ['node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'],
        resources: { limits: { memory: '96Mi' } },
      }),
    ],
    verdicts: ofOthers,
    check: null,
    says: /memory.*96Mi/,
    isAlways: true,
  },
  {
    name: 'image',
    what: 'an image that cannot be pulled',
    isHost: false,
    objects: [pod('image', { image: '127.0.0.1:1/no/such:image' })],
    verdicts: ofOthers,
    check: null,
    says: /cannot be pulled/,
  },
  {
    name: 'command',
    what: 'a command that the image does not have',
    isHost: false,
    objects: [pod('command', { command: ['/bin/iscsiadm'] })],
    verdicts: ofOthers,
    check: null,
    says: /its image has no \/bin\/iscsiadm/,
    isAlways: true,
  },
  {
    name: 'panic',
    what: 'an exception of its own',
    isHost: false,
    objects: [pod('panic', { image: agentImage, command: ['node', '-e', "throw new Error('a bug')"] })],
    verdicts: ofOthers,
    check: null,
    says: /exception of its own/,
  },
  {
    name: 'probe',
    what: 'a liveness probe that fails, after a line that names something the host lacks',
    isHost: false,
    objects: [
      pod('probe', {
        image: agentImage,
        command: [
          'node',
          '-e',
          "console.error('nsenter: failed to execute iscsiadm: No such file or directory'); setInterval(() => {}, 1 << 30)",
        ],
        livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 2 },
      }),
    ],
    verdicts: ofOthers,
    check: null,
    says: /probe/,
    isAlways: true,
  },
  {
    name: 'config-map',
    what: 'a ConfigMap that is not there',
    isHost: false,
    objects: [pod('config-map', { envFrom: [{ configMapRef: { name: 'no-such-map' } }] })],
    verdicts: ofOthers,
    check: null,
    says: /ConfigMap/,
  },
  {
    name: 'quota',
    what: 'a quota that is used up',
    isHost: false,
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none', namespace: 'full' },
        spec: { hard: { pods: '0' } },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'quota', namespace: 'full' },
        spec: {
          selector: { matchLabels: { app: 'quota' } },
          template: {
            metadata: { labels: { app: 'quota' } },
            spec: { containers: [{ name: 'main', image: busybox }] },
          },
        },
      },
    ],
    verdicts: ofOthers,
    check: null,
    says: /quota/,
  },
  {
    name: 'unbound',
    what: 'a PersistentVolumeClaim that nobody fulfils',
    isHost: false,
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'unbound' },
        spec: {
          storageClassName: 'no-such-class',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
      pod('unbound', {
        nodeName: undefined,
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'unbound' } }],
      }),
    ],
    verdicts: ofOthers,
    check: null,
    says: /PersistentVolumeClaim/,
  },
  {
    name: 'selector',
    what: "a node selector of the user's own that no node has",
    isHost: false,
    objects: [pod('selector', { nodeName: undefined, nodeSelector: { disktype: 'ssd' } })],
    verdicts: ofOthers,
    check: null,
    says: /disktype=ssd/,
  },
  {
    name: 'dns',
    what: 'a name that the DNS of the cluster does not know',
    isHost: false,
    objects: [pod('dns', { command: ['wget', '-O-', 'http://no-such-service.default.svc:80/'] })],
    verdicts: ofOthers,
    check: null,
    says: /resolved/,
  },
]

function pod(name: string, { image = busybox, ...changes }: PodChanges) {
  const [own, inner] = [
    Object.entries(changes).filter(([key]) => ofPod.includes(key)),
    Object.entries(changes).filter(([key]) => !ofPod.includes(key)),
  ]
  const spec = {
    nodeName: 'worker-1',
    terminationGracePeriodSeconds: 1,
    ...Object.fromEntries(own),
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', ...Object.fromEntries(inner) }],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec }
}

/** Each tail has an inotify instance of its own. It is the node's, as the image has none. */
function takeInotify(): string {
  return `
const { readFileSync, watch, writeFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
const all = Number(readFileSync('/proc/sys/fs/inotify/max_user_instances'))
// On an overlay tail polls.
const watched = '/dev/shm/watched'
writeFileSync(watched, '')
for (let at = 0; at <= all; at++) {
  const taker = spawn('tail', ['-f', watched], { stdio: ['ignore', 'ignore', 'pipe'] })
  // "inotify cannot be used": there are no more.
  taker.stderr.once('data', () => watch('/'))
}`
}
