import { kinds } from '#agent/needs/index.ts'

/** A need of each kind, as it is written in a check file. */
export const oneOfEach: Readonly<Record<string, string>> = {
  binary: 'binary: mount.nfs\n    run: [--version]',
  package: 'package: nfs-common',
  kernelModule: 'kernelModule: nfs\n    config: CONFIG_NFS_FS',
  kernelConfig: 'kernelConfig: CONFIG_BPF=y',
  kernelVersion: "kernelVersion: '>=5.4'",
  kernelCmdline: 'kernelCmdline: intel_iommu=on',
  unit: 'unit: iscsid.service',
  sysctl: 'sysctl: vm.max_map_count\n    min: 262144',
  file: 'file: /etc/iscsi/initiatorname.iscsi',
  mount: 'mount: /sys/fs/bpf',
  device: 'device: /dev/fuse',
  hugepages: 'hugepages: { size: 2Mi, min: 512 }',
  cpuFeature: 'cpuFeature: sse4_2',
  cgroup: 'cgroup: { version: 2 }',
  lsm: 'lsm: apparmor',
  user: 'user: nobody',
  certificate: 'certificate: /var/lib/kubelet/pki/kubelet.crt',
  process: 'process: kubelet',
  limits: 'limits: { process: kubelet, nofile: 1048576 }',
  disk: 'disk: { path: /var/lib/kubelet, free: 10% }',
  port: 'port: 10250',
  clock: 'clock: synchronized',
  multipathConf: 'multipathConf: { findMultipaths: strict }',
  containerdConfig: 'containerdConfig: { cri: true }',
  nfsMount: 'nfsMount: { minVersion: 4 }',
  nvidiaDriver: 'nvidiaDriver: matching',
}

const without = Object.keys(kinds).filter((kind) => !(kind in oneOfEach))
if (without.length > 0) throw new Error(`there is no example of ${without.join(', ')}`)
