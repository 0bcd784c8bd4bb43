/** The one list of reasons: each code with the state it proves and its one sentence. */
export const reasons = {
  AllReady: ready((a: { messages: readonly string[] }) =>
    a.messages.length === 1 ? (a.messages[0] ?? '') : `all ${a.messages.length} needs are met`,
  ),
  RecommendedMissing: ready((a: { message: string }) => `usable, but recommended: ${a.message}`),
  RecommendedUnknown: ready(
    (a: { message: string }) => `usable; of a recommended need is not known: ${a.message}`,
  ),
  NotApplicable: notApplicable((a: { why: string }) => `does not apply here: ${a.why}`),

  PermissionDenied: unknown(
    (a: { what: string; detail: string }) => `${a.what} may not be asked: ${a.detail}`,
  ),
  DeadlineExceeded: unknown((a: { what: string; detail: string }) => `${a.what} gave no answer: ${a.detail}`),
  QuestionFailed: unknown(
    (a: { what: string; detail: string }) => `${a.what} could not be asked: ${a.detail}`,
  ),
  HostNotReachable: unknown((a: { detail: string }) => `the host cannot be asked: ${a.detail}`),
  RoundStale: unknown((a: { detail: string }) => `nothing new was heard from the host: ${a.detail}`),

  AnyOfReady: ready((a: { message: string }) => a.message),
  AnyOfMissing: missing((a: { messages: readonly string[] }) => `none of these: ${a.messages.join('; ')}`),

  BinaryFound: ready((a: { name: string; path: string }) => `${a.name} is at ${a.path}`),
  BinaryNotFound: missing((a: { name: string }) =>
    a.name.startsWith('/') ? `${a.name} is not on the host` : `${a.name} is not on the host's PATH`,
  ),
  BinaryNotExecutable: missing((a: { path: string }) => `${a.path} may not be executed (no x permission)`),
  BinaryBroken: missing(
    (a: { command: string; outcome: string }) => `${a.command} is there but ${a.outcome}`,
  ),
  BinaryTooOld: missing(
    (a: { name: string; version: string; wanted: string }) =>
      `${a.name} is version ${a.version}, needed is ${a.wanted}`,
  ),
  BinaryVersionUnknown: unknown(
    (a: { command: string }) => `no version number is in what ${a.command} prints`,
  ),

  PackageInstalled: ready(
    (a: { name: string; version: string }) => `package ${a.name} ${a.version} is installed`,
  ),
  PackageNotInstalled: missing(
    (a: { names: readonly string[] }) => `package ${orList(a.names)} is not installed`,
  ),
  PackageRemoved: missing(
    (a: { name: string }) => `package ${a.name} was removed (only its configuration is left)`,
  ),
  PackageBroken: missing(
    (a: { name: string; status: string }) => `package ${a.name} is ${a.status}, not fully installed`,
  ),
  PackageTooOld: missing(
    (a: { name: string; version: string; wanted: string }) =>
      `package ${a.name} is version ${a.version}, needed is ${a.wanted}`,
  ),
  PackageVersionUnknown: unknown(
    (a: { name: string; by: string }) =>
      `package ${a.name} is provided by ${a.by}, which does not say in what version`,
  ),
  PackageManagerUnknown: unknown(
    (a: { os: string }) => `no package database that hostdeps can read is on ${a.os}`,
  ),

  ModuleLoaded: ready((a: { name: string }) => `kernel module ${a.name} is loaded`),
  ModuleBuiltIn: ready((a: { name: string }) => `${a.name} is built into the kernel`),
  ModuleLoadable: ready((a: { name: string }) => `kernel module ${a.name} can be loaded`),
  ModuleNotLoaded: missing((a: { name: string }) => `kernel module ${a.name} is there but not loaded`),
  ModuleBlocked: missing(
    (a: { name: string; by: string }) => `kernel module ${a.name} may not be loaded: ${a.by}`,
  ),
  ModuleNotFound: missing(
    (a: { name: string; kernel: string }) => `kernel module ${a.name} is not there for kernel ${a.kernel}`,
  ),
  ModuleNotInKernel: missing(
    (a: { name: string; option: string; kernel: string }) =>
      `kernel ${a.kernel} is built without ${a.name} (${a.option} is not set)`,
  ),
  ModuleUnknown: unknown(
    (a: { name: string; detail: string }) =>
      `whether kernel module ${a.name} is there cannot be told: ${a.detail}`,
  ),
  KernelReplaced: missing(
    (a: { name: string; kernel: string; installed: string }) =>
      `kernel module ${a.name} cannot be loaded: the modules of the running kernel ${a.kernel} were replaced by those of ${a.installed}; reboot`,
  ),
  RebootRequired: missing(
    (a: { message: string; by: string }) => `${a.message}; an update waits for a reboot (${a.by})`,
  ),

  KernelConfigSet: ready((a: { options: readonly string[] }) => `${listSome(a.options)} as needed`),
  KernelConfigNotSet: missing(
    (a: { options: readonly string[] }) => `the kernel is built without ${listSome(a.options)}`,
  ),
  KernelConfigUnexpected: missing(
    (a: { option: string; value: string; wanted: string }) =>
      `${a.option} is ${a.value}, needed is ${a.wanted}`,
  ),
  KernelConfigUnknown: unknown(
    (a: { kernel: string }) => `the configuration of kernel ${a.kernel} is nowhere on this host`,
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
      `the kernel was booted with another value of ${a.name}; needed is ${orList(a.parameters)}`,
  ),
  CmdlineAbsent: ready(
    (a: { parameter: string }) => `the kernel was booted without ${a.parameter}, as it should be`,
  ),
  CmdlineNotWanted: missing(
    (a: { parameter: string }) => `the kernel was booted with ${a.parameter}, and must not be`,
  ),

  CpuFeatureFound: ready((a: { features: readonly string[] }) => `the CPU has ${a.features.join(', ')}`),
  CpuFeatureNotFound: missing(
    (a: { features: readonly string[] }) => `the CPU lacks ${a.features.join(', ')}`,
  ),
  CpuFeatureNoneOf: missing(
    (a: { features: readonly string[] }) => `the CPU has none of ${a.features.join(', ')}`,
  ),
  ArchitectureWrong: missing(
    (a: { arch: string; wanted: readonly string[] }) =>
      `the host is ${a.arch}, needed is ${orList(a.wanted)}`,
  ),

  UnitReady: ready((a: { unit: string; state: string }) => `${a.unit} is ${a.state}`),
  UnitNotFound: missing((a: { units: readonly string[] }) => `unit ${orList(a.units)} does not exist`),
  UnitMasked: missing((a: { unit: string }) => `${a.unit} is masked`),
  UnitFailed: missing((a: { unit: string }) => `${a.unit} has failed`),
  UnitStarting: unknown((a: { unit: string; state: string }) => `${a.unit} is still starting: ${a.state}`),
  UnitBroken: missing(
    (a: { unit: string; load: string }) => `the unit file of ${a.unit} cannot be used (${a.load})`,
  ),
  UnitInactive: missing((a: { unit: string; state: string }) => `${a.unit} is ${a.state}`),
  UnitNotEnabled: missing(
    (a: { unit: string; state: string }) => `${a.unit} is ${a.state}, not enabled at boot`,
  ),
  UnitActive: missing((a: { unit: string }) => `${a.unit} is active, and must not be`),
  ServiceManagerUnknown: unknown(
    (a: { init: string }) =>
      `units cannot be asked: process 1 of the host is ${a.init}, not systemd or OpenRC`,
  ),

  SysctlOk: ready((a: { key: string; value: string }) => `${a.key} is ${a.value}`),
  SysctlWrong: missing(
    (a: { key: string; value: string; wanted: string }) => `${a.key} is ${a.value}, needed is ${a.wanted}`,
  ),
  SysctlNotFound: missing((a: { key: string }) => `the kernel has no ${a.key}`),

  FileFound: ready((a: { path: string; type: string }) => `${a.path} is there (${a.type})`),
  FileNotFound: missing(
    (a: { path: string; detail: string }) => `${a.path} is not there${a.detail && `: ${a.detail}`}`,
  ),
  FileAbsent: ready((a: { path: string }) => `${a.path} is not there, as it should be`),
  FileNotWanted: missing((a: { path: string }) => `${a.path} is there, and must not be`),
  FileWrongType: missing(
    (a: { path: string; type: string; wanted: string }) =>
      `${a.path} is a ${a.type}, needed is a ${a.wanted}`,
  ),
  FileWrongMode: missing(
    (a: { path: string; mode: string; wanted: string }) =>
      `${a.path} has mode ${a.mode}, needed is ${a.wanted}`,
  ),
  FileEmpty: missing((a: { path: string }) => `${a.path} is empty`),
  FileNotMatching: missing(
    (a: { path: string; pattern: string }) => `nothing in ${a.path} matches ${a.pattern}`,
  ),
  FileUnwantedMatch: missing(
    (a: { path: string; pattern: string }) => `${a.path} has what must not be there: ${a.pattern}`,
  ),

  PciDeviceFound: ready((a: { pci: string }) => `the host has a PCI device ${a.pci}`),
  PciDeviceNotFound: missing((a: { pci: string }) => `the host has no PCI device ${a.pci}`),

  HugepagesFound: ready(
    (a: { size: string; min: number }) => `at least ${a.min} huge pages of ${a.size} are set aside`,
  ),
  HugepagesTooFew: missing(
    (a: { size: string; min: number }) => `fewer than ${a.min} huge pages of ${a.size} are set aside`,
  ),
  HugepagesSizeNotFound: missing((a: { size: string }) => `the kernel has no huge pages of ${a.size} here`),
  TransparentHugepagesOk: ready((a: { value: string }) => `transparent huge pages are set to ${a.value}`),
  TransparentHugepagesWrong: missing(
    (a: { value: string; wanted: readonly string[] }) =>
      `transparent huge pages are set to ${a.value}, needed is ${orList(a.wanted)}`,
  ),

  MountFound: ready((a: { path: string; fstype: string }) => `${a.path} is mounted (${a.fstype})`),
  MountNotFound: missing((a: { path: string }) => `nothing is mounted at ${a.path}`),
  MountWrongType: missing(
    (a: { path: string; fstype: string; wanted: readonly string[] }) =>
      `${a.path} is ${a.fstype}, needed is ${orList(a.wanted)}`,
  ),
  MountWrongPropagation: missing(
    (a: { path: string; propagation: string; wanted: string }) =>
      `mount propagation at ${a.path} is ${a.propagation}, needed is ${a.wanted}`,
  ),
  MountWrongOptions: missing((a: { path: string; option: string; wanted: boolean }) =>
    a.wanted ? `${a.path} is mounted without ${a.option}` : `${a.path} is mounted ${a.option}`,
  ),
}

function ready<A>(text: (args: A) => string) {
  return { state: 'ready' as const, text }
}

function missing<A>(text: (args: A) => string) {
  return { state: 'missing' as const, text }
}

function unknown<A>(text: (args: A) => string) {
  return { state: 'unknown' as const, text }
}

function notApplicable<A>(text: (args: A) => string) {
  return { state: 'not-applicable' as const, text }
}

function orList(names: readonly string[]): string {
  return names.join(' or ')
}

function listSome(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
