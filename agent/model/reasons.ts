import { kernelReasons } from './kernel-reasons.ts'
import { toolReasons } from './tool-reasons.ts'
import type { ProcessesOf } from './question.ts'
import { fewOf, missing, notApplicable, orList, ready, unknown } from './reason-entry.ts'

/** Any process may choose any name; only the names of the host's own (root's) processes can be trusted. */
function namedAs(name: string, of: ProcessesOf): string {
  return of === 'host' ? name : `a process that calls itself ${name}`
}

/** The only list of reasons: each code with the state it proves and its sentence. */
export const reasons = {
  AllReady: ready((a: { messages: readonly string[] }) =>
    a.messages.length === 1 ? (a.messages[0] ?? '') : `all ${a.messages.length} needs are met`,
  ),
  RecommendedMissing: ready((a: { message: string }) => `usable, but recommended: ${a.message}`),
  RecommendedUnknown: ready(
    (a: { message: string }) => `usable, but one recommendation is unknown: ${a.message}`,
  ),
  NotApplicable: notApplicable((a: { why: string }) => `does not apply here: ${a.why}`),

  PermissionDenied: unknown(
    (a: { what: string; detail: string }) => `no permission to check ${a.what}: ${a.detail}`,
  ),
  DeadlineExceeded: unknown(
    (a: { what: string; detail: string }) => `timed out checking ${a.what}: ${a.detail}`,
  ),
  QuestionFailed: unknown((a: { what: string; detail: string }) => `could not check ${a.what}: ${a.detail}`),
  HostNotReachable: unknown((a: { detail: string }) => `the host cannot be reached: ${a.detail}`),
  ResultUnusable: unknown(
    (a: { detail: string }) => `the prober's result for this check is unusable: ${a.detail}`,
  ),
  RoundStale: unknown((a: { detail: string }) => `no fresh results from the host: ${a.detail}`),

  Conflict: missing((a: { message: string; with: readonly string[]; standing: 'published' | 'in-use' }) => {
    const ready = a.with.length === 1 ? ', which is ready' : ', which are ready'
    return `conflicts with ${a.with.join(' and ')}${a.standing === 'published' ? '' : ready} on this node: ${a.message}`
  }),

  GoneAfterReboot: missing(
    (a: { now: string; why: string }) => `${a.now} now and will not be after a reboot: ${a.why}`,
  ),

  AnyOfReady: ready((a: { message: string }) => a.message),
  AnyOfMissing: missing((a: { messages: readonly string[] }) =>
    a.messages.length === 1 ? (a.messages[0] ?? '') : `none of these: ${fewOf(a.messages)}`,
  ),

  BinaryFound: ready((a: { name: string; path: string }) => `${a.name} is at ${a.path}`),
  BinaryNotFound: missing((a: { name: string }) =>
    a.name.startsWith('/') ? `${a.name} is not on the host` : `${a.name} is not on the host's PATH`,
  ),
  BinaryNotExecutable: missing((a: { path: string }) => `${a.path} is not executable (no x permission)`),
  BinaryBroken: missing(
    (a: { command: string; outcome: string }) => `${a.command} is there but ${a.outcome}`,
  ),
  BinaryTooOld: missing(
    (a: { name: string; version: string; wanted: string }) =>
      `${a.name} is version ${a.version}, must be ${a.wanted}`,
  ),
  BinaryVersionUnknown: unknown((a: { command: string }) => `${a.command} prints no version number`),

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
      `package ${a.name} is version ${a.version}, must be ${a.wanted}`,
  ),
  PackageVersionUnknown: unknown(
    (a: { name: string; by: string }) =>
      `package ${a.name} is provided by ${a.by}, which does not say which version`,
  ),
  PackageManagerUnknown: unknown(
    (a: { os: string }) => `${a.os} has no package database that hostdeps can read`,
  ),

  ...kernelReasons,

  UserFound: ready((a: { name: string; uid: number }) => `the user ${a.name} is there (uid ${a.uid})`),
  UserNotFound: missing((a: { name: string }) => `there is no user ${a.name}`),
  UserWrongId: missing(
    (a: { name: string; uid: number; wanted: number }) =>
      `the user ${a.name} has uid ${a.uid}, must be ${a.wanted}`,
  ),
  UserTooFewIds: missing(
    (a: { name: string; path: string; wanted: number }) =>
      `${a.path} gives ${a.name} fewer than ${a.wanted} subordinate ids`,
  ),

  ProcessRuns: ready((a: { name: string; of: ProcessesOf }) => `${namedAs(a.name, a.of)} runs`),
  ProcessNotFound: missing((a: { names: readonly string[] }) => `no ${orList(a.names)} runs`),

  LimitsOk: ready((a: { process: string }) => `the limits of ${a.process} are high enough`),
  LimitTooLow: missing(
    (a: { process: string; limit: string; wanted: string }) =>
      `the limit ${a.limit} of ${a.process} is below ${a.wanted}; its containers inherit it`,
  ),

  DiskOk: ready((a: { path: string }) => `there is enough space at ${a.path}`),
  DiskTooSmall: missing(
    (a: { path: string; wanted: string }) => `the file system of ${a.path} is smaller than ${a.wanted}`,
  ),
  DiskTooFull: missing((a: { path: string; wanted: string }) => `less than ${a.wanted} is free at ${a.path}`),
  DiskTooFewInodes: missing(
    (a: { path: string; wanted: string }) => `less than ${a.wanted} of the inodes are free at ${a.path}`,
  ),

  PortFree: ready((a: { place: string }) => `port ${a.place} is free`),
  PortHeldAsWanted: ready(
    (a: { place: string; by: string; of: ProcessesOf }) =>
      `port ${a.place} is held by ${namedAs(a.by, a.of)}`,
  ),
  PortHeld: missing((a: { place: string; by: string }) => `port ${a.place} is held by ${a.by}`),

  ClockSynchronized: ready((a: { by: string }) => `the clock is synchronized by ${a.by}`),
  ClockNotSynchronized: missing(
    (a: { by: string }) => `the clock is not synchronized: ${a.by} has no source`,
  ),

  CertificateValid: ready((a: { path: string }) => `the certificate ${a.path} is valid`),
  CertificateNotFound: missing((a: { path: string }) => `the certificate ${a.path} is not there`),
  CertificateExpired: missing((a: { path: string }) => `the certificate ${a.path} has expired`),
  CertificateNotYetValid: missing(
    (a: { path: string }) => `the certificate ${a.path} is not valid yet, by the clock of this host`,
  ),
  CertificateExpiresSoon: missing(
    (a: { path: string; valid: string }) => `the certificate ${a.path} expires within ${a.valid}`,
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
  UnitActive: missing((a: { unit: string }) => `${a.unit} is active, and should be inactive`),
  ServiceManagerUnknown: unknown(
    (a: { init: string }) =>
      `units cannot be checked: process 1 of the host is ${a.init}, not systemd or OpenRC`,
  ),

  FileFound: ready((a: { path: string; type: string }) => `${a.path} is there (${a.type})`),
  FileAsWanted: ready((a: { path: string }) => `the content of ${a.path} is as it should be`),
  FileNotFound: missing(
    (a: { path: string; detail: string }) => `${a.path} is not there${a.detail && `: ${a.detail}`}`,
  ),
  FileAbsent: ready((a: { path: string }) => `${a.path} is not there, as it should be`),
  FileNotWanted: missing((a: { path: string }) => `${a.path} is there, and should not be`),
  FileWrongType: missing(
    (a: { path: string; type: string; wanted: string }) => `${a.path} is a ${a.type}, must be a ${a.wanted}`,
  ),
  FileWrongMode: missing(
    (a: { path: string; mode: string; wanted: string }) =>
      `${a.path} has mode ${a.mode}, must be ${a.wanted}`,
  ),
  FileEmpty: missing((a: { path: string }) => `${a.path} is empty`),
  FileNotMatching: missing(
    (a: { path: string; means: string | null }) =>
      `${a.path} lacks ${a.means ?? 'the line that the check asks for'}`,
  ),
  FileUnwantedMatch: missing(
    (a: { path: string; means: string | null }) =>
      `${a.path} has ${a.means ?? 'a line that the check forbids'}, which should not be there`,
  ),

  ...toolReasons,

  PciDeviceFound: ready((a: { pci: string }) => `the host has a PCI device ${a.pci}`),
  PciDeviceNotFound: missing((a: { pci: string }) => `the host has no PCI device ${a.pci}`),

  MountFound: ready((a: { path: string; holds: string | null; fstype: string }) =>
    a.holds === null || a.holds === a.path
      ? `${a.path} is mounted (${a.fstype})`
      : `${a.holds} is on ${a.path} (${a.fstype})`,
  ),
  MountNotFound: missing((a: { path: string }) => `nothing is mounted at ${a.path}`),
  MountWrongType: missing(
    (a: { path: string; fstype: string; wanted: readonly string[] }) =>
      `${a.path} is ${a.fstype}, must be ${orList(a.wanted)}`,
  ),
  MountWrongPropagation: missing(
    (a: { path: string; propagation: string; wanted: string }) =>
      `mount propagation at ${a.path} is ${a.propagation}, must be ${a.wanted}`,
  ),
  MountWrongOptions: missing((a: { path: string; option: string; wanted: boolean }) =>
    a.wanted ? `${a.path} is mounted without ${a.option}` : `${a.path} is mounted ${a.option}`,
  ),
}
