/** One distribution's way to mend what is missing, as a check file writes it. */
export interface Fix {
  /** Installed with the distribution's package manager. */
  readonly packages?: readonly string[] | undefined
  /** Loaded now and at each boot. */
  readonly modules?: readonly string[] | undefined
  /** Set now and at each boot. */
  readonly sysctls?: Readonly<Record<string, string>> | undefined
  /** Commands to run afterwards. */
  readonly run?: readonly string[] | undefined
  /** What to do where no command does it. */
  readonly note?: string | undefined
  readonly reboot?: boolean | undefined
}

/** Keys are an os-release ID, a family (debian, rhel, suse, alpine, arch) or "all". */
export type FixByDistro = Readonly<Record<string, Fix>>
