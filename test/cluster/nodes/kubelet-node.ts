import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootHost } from '../../hosts/nspawn.ts'
import type { TestHost } from '../../hosts/nspawn.ts'
import type { ControlPlane, StaticUser } from '../plane/control-plane.ts'
import type { Network } from './network.ts'

/** A real node: a Debian 12 host with systemd, containerd, a real kubelet and kube-proxy, each a unit. */
export interface KubeletNode {
  readonly name: NodeName
  readonly address: string
  readonly host: TestHost
  /** As the host's; its kubelet is started again when this resolves. */
  reboot(): Promise<void>
  stop(): Promise<void>
}

export type NodeName = 'worker-1' | 'worker-2'

export interface NodeOptions {
  readonly cluster: ControlPlane
  readonly network: Network
  readonly name: NodeName
  readonly number: number
  /** Image archives that its containerd has from the start. */
  readonly images: readonly string[]
}

/** Resolves when its kubelet is started; it is Ready some ten seconds later. */
export async function startKubeletNode(options: NodeOptions): Promise<KubeletNode> {
  const programs = process.env['HOSTDEPS_TEST_CONTROL_PLANE'] ?? ''
  const binds = { '/opt/kubernetes': programs }
  const host = await bootHost(options.name.replace('-', ''), { binds })
  try {
    const address = await options.network.join(host.name, options.number)
    await writeFiles(host, options, address)
    await must(host, 'systemctl', 'daemon-reload')
    await startContainerd(host)
    for (const image of options.images) await importImage(host, image)
    await must(host, 'systemctl', 'start', 'kubelet', 'kube-proxy')
    return {
      name: options.name,
      address,
      host,
      async reboot() {
        await host.reboot()
        await startContainerd(host)
        await must(host, 'systemctl', 'start', 'kubelet', 'kube-proxy')
      },
      stop: () => host.stop(),
    }
  } catch (error) {
    await host.stop()
    throw error
  }
}

async function startContainerd(host: TestHost): Promise<void> {
  await makeCgroupsWritable(host)
  // The kubelet wants to watch for processes that the kernel killed, and there is no such device in a container.
  await must(host, 'ln', '-s', '/dev/null', '/dev/kmsg')
  await must(host, 'systemctl', 'start', 'containerd')
}

/** Rejects with what it said when it fails. */
async function must(host: TestHost, ...argv: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await host.exec(argv)
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed with ${exitCode}: ${stdout}${stderr}`)
}

/** systemd-nspawn mounts them read only; of a v1 controller the mount alone can be turned, the rest being busy. */
async function makeCgroupsWritable(host: TestHost): Promise<void> {
  await must(host, 'mount', '-o', 'remount,rw', '/sys/fs/cgroup')
  const { stdout } = await host.exec(['findmnt', '-rno', 'TARGET', '-t', 'cgroup,cgroup2'])
  for (const place of stdout.split('\n').filter((line) => line.startsWith('/sys/fs/cgroup/')))
    await host.exec(['mount', '-o', 'remount,rw,bind', place])
}

async function writeFiles(host: TestHost, { cluster, network, name, number }: NodeOptions, address: string) {
  const user: StaticUser = `system:node:${name}`
  const access = (token: string) =>
    readFileSync(cluster.kubeConfig(token), 'utf8').replaceAll(cluster.admin.caFile, '/etc/kubernetes/ca.crt')
  await host.writeFile('/etc/kubernetes/ca.crt', readFileSync(cluster.admin.caFile, 'utf8'))
  await host.writeFile('/etc/kubernetes/kubelet.conf', access(cluster.tokenOf(user)))
  await host.writeFile('/etc/kubernetes/proxy.conf', access(cluster.admin.token))
  await host.writeFile('/etc/kubernetes/kubelet.json', JSON.stringify(kubeletConfig))
  await host.writeFile('/etc/kubernetes/proxy.json', JSON.stringify(proxyConfig(name, network.pods)))
  await host.writeFile('/etc/containerd/config.toml', containerdConfig)
  await host.writeFile('/etc/cni/net.d/10-bridge.conflist', JSON.stringify(cniConfig(network.podsOf(number))))
  await host.writeFile(
    '/etc/systemd/system/kubelet.service',
    unit('kubelet', [
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/etc/kubernetes/kubelet.json',
      `--hostname-override=${name}`,
      `--node-ip=${address}`,
    ]),
  )
  await host.writeFile(
    '/etc/systemd/system/kube-proxy.service',
    unit('kube-proxy', ['--config=/etc/kubernetes/proxy.json', `--hostname-override=${name}`]),
  )
}

function unit(program: string, args: readonly string[]): string {
  const start = [`/opt/kubernetes/${program}`, ...args].join(' ')
  const service = `[Service]\nExecStart=${start}\nRestart=always\nRestartSec=1\nKillMode=process\n`
  return `[Unit]\nStartLimitIntervalSec=0\n${service}[Install]\nWantedBy=multi-user.target\n`
}

/** With cgroups v1, no swap accounting and the disk of a machine that does other things too. */
const kubeletConfig = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  failCgroupV1: false,
  failSwapOn: false,
  cgroupDriver: 'cgroupfs',
  cgroupsPerQOS: false,
  enforceNodeAllocatable: [],
  evictionHard: {
    'memory.available': '0%',
    'nodefs.available': '0%',
    'imagefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  resolvConf: '',
  syncFrequency: '10s',
  configMapAndSecretChangeDetectionStrategy: 'Watch',
}

function proxyConfig(name: string, pods: string) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: '/etc/kubernetes/proxy.conf' },
    mode: 'iptables',
    clusterCIDR: pods,
    hostnameOverride: name,
    conntrack: { maxPerCore: 0, min: 0 },
  }
}

function cniConfig(subnet: string) {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}

/** Lets its containerd pull from a registry by plain HTTP, which it does of loopback alone. */
export async function trustRegistry(host: TestHost, registry: string): Promise<void> {
  const text = `server = "http://${registry}"\n[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`
  await host.writeFile(`${registries}/${registry}/hosts.toml`, text)
}

const registries = '/etc/containerd/certs.d'

/** Without CAP_SYS_RESOURCE no oom_score_adj may be lowered; the native snapshotter needs no overlay on an overlay. */
const containerdConfig = `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/busybox:test"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${registries}"
`

async function importImage(host: TestHost, archive: string): Promise<void> {
  const place = '/root/image.tar'
  copyFileSync(archive, join(host.root, place))
  await must(host, 'ctr', '-n', 'k8s.io', 'images', 'import', '--snapshotter', 'native', place)
  await must(host, 'rm', place)
}
