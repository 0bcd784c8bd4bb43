/** One distribution's way to fix what is missing, as a check file writes it. */
export interface Fix {
  /** Installed with the distribution's package manager. */
  readonly packages?: readonly string[] | undefined
  /** Packages of other fixes that are installed one after the other, apart from `packages`; no check file writes this. */
  readonly packagesApart?: readonly (readonly string[])[] | undefined
  /** Loaded now and at each boot. */
  readonly modules?: readonly string[] | undefined
  /** Set now and at each boot. */
  readonly sysctls?: Readonly<Record<string, string>> | undefined
  /** Commands to run afterwards. */
  readonly run?: readonly string[] | undefined
  /** What to do where no command does it. */
  readonly note?: string | undefined
  readonly reboot?: boolean | undefined
  /** Nothing required needs it: no command reboots for it. No check file writes this. */
  readonly mayWait?: boolean | undefined
  /** What only the running kernel can tell how to get; no check file writes it. */
  readonly kernel?: KernelFix | undefined
  /** Lines of the host's own files that would undo a setting of `sysctls` at the next boot. */
  readonly undoneBy?: readonly SysctlLine[] | undefined
  /** Where a setting of `sysctls` stays as it is, by its key: a host that is not known may have a better value. */
  readonly sysctlRanges?: Readonly<Record<string, SysctlRange>> | undefined
}

export interface KernelFix {
  /** Modules that the running kernel has no files of. */
  readonly absent?: readonly string[] | undefined
  /** Modules that the running kernel was built without. */
  readonly without?: readonly string[] | undefined
  /** The kernel was built without something, or is too old for it. */
  readonly isWithout?: true | undefined
  /** A change of the kernel's command line, each beginning with a verb: "Add x to", "Take x from". */
  readonly commandLine?: readonly string[] | undefined
}

/** Of a setting with several values, of each; null where there is no such bound. Whole numbers. */
export interface SysctlRange {
  readonly min: readonly string[] | null
  readonly max: readonly string[] | null
}

export interface SysctlLine {
  /** As the fix names it. */
  readonly key: string
  /** As the line spells it. */
  readonly spelled: string
  readonly value: string
  readonly path: string
  /** The first is 1. */
  readonly line: number
}

/** Keys are an os-release ID, a family (debian, rhel, suse, alpine, arch) or "all". */
export type FixByDistro = Readonly<Record<string, Fix>>
