import { missing, orList, ready } from './reason-entry.ts'

/** Of the settings of programs that read several files as one: multipathd, containerd, the NFS client, NVIDIA's driver. */
export const toolReasons = {
  MultipathLeavesOut: ready((a: { disk: string }) => `multipathd leaves disks of ${a.disk} alone`),
  MultipathTakes: missing(
    (a: { disk: string }) => `the configuration of multipathd does not leave out disks of ${a.disk}`,
  ),
  MultipathSetting: ready((a: { name: string; value: string }) => `multipathd has ${a.name} ${a.value}`),
  MultipathOtherSetting: missing(
    (a: { name: string; value: string; wanted: readonly string[] }) =>
      `multipathd's ${a.name} is ${a.value}, needed is ${orList(a.wanted)}`,
  ),

  NfsDefaultOk: ready((a: { min: number }) => `no default of NFS mounts is below version ${a.min}`),
  NfsDefaultLow: missing(
    (a: { path: string; version: string; min: number }) =>
      `${a.path} makes NFS ${a.version} the default, needed is ${a.min} or newer`,
  ),

  NvidiaMatches: ready((a: { version: string }) => `NVIDIA's module and libraries are both ${a.version}`),
  NvidiaMismatch: missing(
    (a: { module: string; library: string }) =>
      `NVIDIA's module is ${a.module} and its libraries are ${a.library}, so that nvidia-smi fails (driver/library version mismatch)`,
  ),

  ContainerdCri: ready(() => 'the configuration of containerd leaves its CRI on'),
  ContainerdCriOff: missing(
    (a: { path: string; plugin: string }) =>
      `containerd's CRI is switched off: ${a.path} names ${a.plugin} under disabled_plugins`,
  ),
  ContainerdSystemd: ready(() => 'containerd leaves cgroups to systemd (SystemdCgroup = true)'),
  ContainerdNotSystemd: missing(
    (a: { runtime: string }) =>
      `containerd manages cgroups itself: SystemdCgroup = true is not set for its runtime ${a.runtime}`,
  ),
  ContainerdRuntime: ready((a: { type: string }) => `containerd has a runtime of type ${a.type}`),
  ContainerdNoRuntime: missing((a: { type: string }) => `containerd has no runtime of type ${a.type}`),
}
