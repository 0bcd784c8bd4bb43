import { listSome, missing, orList, ready, unknown } from './reason-entry.ts'

/** Reasons about the kernel and the CPU: modules, configuration, version, command line, cgroups, security modules, settings. */
export const kernelReasons = {
  ModuleLoaded: ready((a: { name: string }) => `kernel module ${a.name} is loaded`),
  ModuleBuiltIn: ready((a: { name: string }) => `${a.name} is built into the kernel`),
  ModuleLoadable: ready((a: { name: string }) => `kernel module ${a.name} can be loaded`),
  ModuleNotLoaded: missing((a: { name: string }) => `kernel module ${a.name} is installed but not loaded`),
  ModuleBlocked: missing((a: { name: string; by: string }) => `kernel module ${a.name} is blocked: ${a.by}`),
  ModuleNotFound: missing((a: { name: string; kernel: string }) =>
    a.name.includes(', ')
      ? `kernel ${a.kernel} lacks the modules ${a.name}`
      : `kernel ${a.kernel} has no module ${a.name}`,
  ),
  ModuleNotInKernel: missing(
    (a: { name: string; option: string; kernel: string }) =>
      `kernel ${a.kernel} is built without ${a.name} (${a.option} is not set)`,
  ),
  ModuleUnknown: unknown(
    (a: { name: string; detail: string }) =>
      `could not check whether kernel module ${a.name} is there: ${a.detail}`,
  ),
  ModuleUnsigned: unknown(
    (a: { name: string; path: string; why: string }) =>
      `whether kernel module ${a.name} can be loaded cannot be told: ${a.why} and loads only modules signed with a key that it trusts, and ${a.path} was built apart; modprobe ${a.name} shows it, mokutil --import enrols its key`,
  ),
  KernelReplaced: missing(
    (a: { name: string; kernel: string; installed: string }) =>
      `kernel module ${a.name} cannot be loaded: the modules of the running kernel ${a.kernel} were replaced by those of ${a.installed}; reboot`,
  ),
  RebootRequired: missing(
    (a: { message: string; by: string }) => `${a.message}; an update waits for a reboot (${a.by})`,
  ),

  KernelConfigSet: ready((a: { options: readonly string[] }) => `${listSome(a.options)} set as needed`),
  KernelConfigNotSet: missing(
    (a: { options: readonly string[] }) => `the kernel is built without ${listSome(a.options)}`,
  ),
  KernelConfigUnexpected: missing(
    (a: { option: string; value: string; wanted: string }) =>
      `${a.option} is ${a.value}, must be ${a.wanted}`,
  ),
  KernelConfigModuleUnknown: unknown(
    (a: { option: string }) =>
      `${a.option} is m, and which module that is cannot be told: the check does not name it`,
  ),
  KernelConfigOfLegacy: ready(
    (a: { options: readonly string[] }) =>
      `${listSome(a.options)} is of cgroup v1, and this host has v2 alone`,
  ),
  KernelConfigUnknown: unknown(
    (a: { kernel: string }) => `this host has no configuration of kernel ${a.kernel}`,
  ),
  KernelVersionOk: ready((a: { version: string }) => `kernel ${a.version}`),
  KernelTooOld: missing(
    (a: { version: string; wanted: string }) => `kernel ${a.version} does not satisfy ${a.wanted}`,
  ),
  KernelVersionBad: missing(
    (a: { version: string; range: string }) => `kernel ${a.version} is in the known-bad range ${a.range}`,
  ),

  CmdlineFound: ready((a: { parameter: string }) => `the kernel was booted with ${a.parameter}`),
  CmdlineNotFound: missing(
    (a: { parameters: readonly string[] }) => `the kernel was booted without ${orList(a.parameters)}`,
  ),
  CmdlineOtherValue: missing(
    (a: { name: string; parameters: readonly string[] }) =>
      `the kernel was booted with another value of ${a.name}; it needs ${orList(a.parameters)}`,
  ),
  CmdlineAbsent: ready(
    (a: { parameter: string }) => `the kernel was booted without ${a.parameter}, as it should be`,
  ),
  CmdlineNotWanted: missing(
    (a: { parameter: string }) => `the kernel was booted with ${a.parameter}, which should not be there`,
  ),

  CpuFeatureFound: ready((a: { features: readonly string[] }) => `the CPU has ${a.features.join(', ')}`),
  CpuFeatureNotFound: missing(
    (a: { features: readonly string[] }) => `the CPU lacks ${a.features.join(', ')}`,
  ),
  CpuFeatureNoneOf: missing(
    (a: { features: readonly string[] }) => `the CPU has none of ${a.features.join(', ')}`,
  ),
  ArchitectureWrong: missing(
    (a: { arch: string; wanted: readonly string[] }) => `the host is ${a.arch}, must be ${orList(a.wanted)}`,
  ),

  CgroupOk: ready(
    (a: { version: number; controllers: readonly string[] }) =>
      `cgroup v${a.version}${a.controllers.length > 0 ? ` with ${a.controllers.join(', ')}` : ''}`,
  ),
  CgroupNotMounted: missing((a: { path: string }) => `no cgroups are mounted at ${a.path}`),
  CgroupWrongVersion: missing(
    (a: { version: number; wanted: number }) => `cgroups are v${a.version}, must be v${a.wanted}`,
  ),
  CgroupControllerNotFound: missing(
    (a: { controllers: readonly string[] }) => `cgroups have no controller ${a.controllers.join(', ')}`,
  ),
  CgroupControllerNotMounted: missing(
    (a: { controllers: readonly string[] }) => `cgroup controller ${a.controllers.join(', ')} is not mounted`,
  ),

  LsmActive: ready((a: { name: string }) => `${a.name} is active`),
  LsmNotActive: missing((a: { name: string }) => `${a.name} is not active in this kernel`),
  SelinuxMode: ready((a: { mode: string }) => `selinux is ${a.mode}`),
  SelinuxWrongMode: missing(
    (a: { mode: string; wanted: readonly string[] }) => `selinux is ${a.mode}, must be ${orList(a.wanted)}`,
  ),

  SysctlOk: ready((a: { key: string; value: string }) => `${a.key} is ${a.value}`),
  SysctlWrong: missing(
    (a: { key: string; value: string; wanted: string }) => `${a.key} is ${a.value}, must be ${a.wanted}`,
  ),
  SysctlNotFound: missing((a: { key: string }) => `the kernel has no ${a.key}`),

  HugepagesFound: ready(
    (a: { size: string; min: number }) => `at least ${a.min} huge pages of ${a.size} are set aside`,
  ),
  HugepagesTooFew: missing(
    (a: { size: string; min: number }) => `fewer than ${a.min} huge pages of ${a.size} are set aside`,
  ),
  HugepagesFree: ready(
    (a: { size: string; min: number }) => `at least ${a.min} huge pages of ${a.size} are free`,
  ),
  HugepagesHeld: ready(
    (a: { size: string; by: string }) =>
      `huge pages of ${a.size} are in use, and a process that calls itself ${a.by} runs`,
  ),
  HugepagesTaken: missing(
    (a: { size: string; min: number; free: number; total: number }) =>
      `${a.free} of ${a.total} huge pages of ${a.size} are free, needed are ${a.min}`,
  ),
  HugepagesSizeNotFound: missing((a: { size: string }) => `the kernel has no huge pages of ${a.size} here`),
  TransparentHugepagesOk: ready((a: { value: string }) => `transparent huge pages are set to ${a.value}`),
  TransparentHugepagesWrong: missing(
    (a: { value: string; wanted: readonly string[] }) =>
      `transparent huge pages are set to ${a.value}, must be ${orList(a.wanted)}`,
  ),
}
